/* The phone's files, as they are, in the program. */
    .section .rodata

    .macro file name, path
    .global \name
    .balign 16
\name:
    .incbin "\path"
    .global \name\()_end
\name\()_end:
    .byte 0
    .endm

    file sim_phone_html, "src/sim/phone.html"
    file sim_phone_css, "src/sim/phone.css"
    file sim_phone_js, "src/sim/phone.js"
    file sim_phone_talk_js, "src/sim/phone-talk.js"

    .section .note.GNU-stack, "", %progbits
