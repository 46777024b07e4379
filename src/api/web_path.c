#include "api/web_path.h"

#include "http/files.h"

const char *
web_path(const char *name)
{
    const struct file *file = file_by_name(web_files, web_files_n, name);

    return file ? file->path : NULL;
}
