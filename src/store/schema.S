/* schema.sql as a C string: a real SQL file for people, one file to deploy for the operator. */
    .section .rodata
    .global store_schema_sql
store_schema_sql:
    .incbin "store/schema.sql"
    .byte 0
    .section .note.GNU-stack, "", %progbits
