#include "sim/sim_handlers.h"
#include "sim/sim_image.h"
#include "sim/sim_menu.h"

#include <string.h>

#define WIDTH_MIN 800
#define WIDTH_MAX 2500
#define HEIGHT_MIN 250

/* NULL when LINE would take the picture (line-platform 7.1). */
static const char *
image_problem(struct str bytes, struct str said, struct sim_image *out)
{
    if (bytes.n > SIM_MENU_IMAGE_MAX)
        return "The image file size must be 1 MB or less";
    if (!sim_image_read(bytes, out) || !str_eq(said, str_of(out->type)))
        return "The image is invalid";
    if (out->width < WIDTH_MIN || out->width > WIDTH_MAX || out->height < HEIGHT_MIN)
        return "The image size is invalid";
    if (out->width < 1.45 * out->height)
        return "The aspect ratio (width / height) must be 1.45 or more";
    return NULL;
}

/* POST /v2/bot/richmenu/:menu/content: an image, once */
enum err_code
sim_menu_upload(struct sim_call *call)
{
    struct sim_menu *found = sim_menu_asked(call);
    struct str body = call->req->body;
    struct str said = request_header(call->req, "Content-Type");
    struct sim_image image = {0};
    const char *problem;

    if (found == NULL)
        return OK;
    if (!str_eq(said, STR("image/png")) && !str_eq(said, STR("image/jpeg")))
        return sim_refuse(call, 415, "The content type, %.*s, is not supported",
                          (int)(said.n & 127), said.at);
    if (found->image != NULL)
        return sim_refuse(call, 400, "An image has already been uploaded to the richmenu");
    problem = image_problem(body, said, &image);
    if (problem != NULL)
        return sim_refuse(call, 400, "%s", problem);
    found->image = sim_alloc(body.n);
    memcpy(found->image, body.at, body.n);
    found->image_n = body.n;
    found->image_type = image.type;
    return sim_answer(call, 200, json_object());
}

static enum err_code
answer_image(struct sim_call *call, const struct sim_menu *found)
{
    char *copy;

    if (found->image == NULL)
        return sim_refuse(call, 404, "Not found");
    copy = arena_dup(call->req->arena, found->image, found->image_n);
    if (copy == NULL)
        return err_set(call->e, ERR_INTERNAL, "internal", "no room for the image");
    call->reply->status = 200;
    call->reply->content_type = found->image_type;
    call->reply->body = (struct str){copy, found->image_n};
    return OK;
}

/* GET /v2/bot/richmenu/:menu/content */
enum err_code
sim_menu_download(struct sim_call *call)
{
    const struct sim_menu *found = sim_menu_asked(call);

    return found != NULL ? answer_image(call, found) : OK;
}

/* GET /sim/menu/:menu: the same for the phone */
enum err_code
sim_menu_picture(struct sim_call *call)
{
    return sim_menu_download(call);
}
