/* The handlers that the table of pages in pages.c names. */

#ifndef SITE_PAGES_H
#define SITE_PAGES_H

#include <foobar/foobar.h>

enum fb_result home_page(struct fb_request *request);
enum fb_result post_page(struct fb_request *request);
enum fb_result comment_add(struct fb_request *request);
enum fb_result feed_page(struct fb_request *request);
enum fb_result products_page(struct fb_request *request);
enum fb_result login_page(struct fb_request *request);
enum fb_result signup_page(struct fb_request *request);
enum fb_result logout_page(struct fb_request *request);
enum fb_result signup_sent_page(struct fb_request *request);
enum fb_result verify_page(struct fb_request *request);
enum fb_result verified_page(struct fb_request *request);
enum fb_result forgotten_page(struct fb_request *request);
enum fb_result reset_sent_page(struct fb_request *request);
enum fb_result reset_page(struct fb_request *request);
enum fb_result reset_done_page(struct fb_request *request);
enum fb_result me_page(struct fb_request *request);
enum fb_result password_change(struct fb_request *request);
enum fb_result picture_change(struct fb_request *request);
enum fb_result session_end(struct fb_request *request);
enum fb_result second_step_page(struct fb_request *request);
enum fb_result second_factor_page(struct fb_request *request);
enum fb_result second_factor_begin(struct fb_request *request);
enum fb_result second_factor_confirm(struct fb_request *request);
enum fb_result second_factor_codes(struct fb_request *request);
enum fb_result second_factor_off(struct fb_request *request);

void error_page(struct fb_request *request, int status);

#endif
