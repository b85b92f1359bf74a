/*
 * Each type of page, once: checks.mjs looks at all of them, in all themes and
 * widths. A new page of the site is a row here. `as` is who looks, `status`
 * what the page comes with, `before` what is done on it first.
 */

import { demoPassword } from "./journey.mjs";

const wrongComment = async (page) => {
    await page.locator("#add-comment form")
        .evaluate((form) => { form.noValidate = true; });
    await page.getByRole("button", { name: "Add comment" }).click();
    await page.getByRole("alert").waitFor();
};

/* A key to scan; nothing changes before its first code was typed. */
const showKey = async (page) => {
    await page.getByLabel("Your password").fill(demoPassword);
    await page.getByRole("button", { name: "Show me a key" }).click();
    await page.getByRole("heading", { name: "Your app" }).waitFor();
};

export const pages = [
    { name: "home", path: "/" },
    { name: "more-posts", path: "/?page=2" },
    { name: "post", path: "/posts/250" },
    { name: "post-wrong", path: "/posts/1", before: wrongComment },
    { name: "post-member", path: "/posts/2", as: "benno@example.org" },
    { name: "products", path: "/products" },
    { name: "login", path: "/login" },
    { name: "signup", path: "/signup" },
    { name: "signup-sent", path: "/signup/sent" },
    { name: "verified", path: "/verify/done" },
    { name: "reset", path: "/reset" },
    { name: "reset-sent", path: "/reset/sent" },
    { name: "link-gone", path: "/reset/new?token=none", status: 404 },
    { name: "me", path: "/me", as: "benno@example.org" },
    { name: "second-factor", path: "/me/second-factor",
        as: "benno@example.org" },
    { name: "second-factor-key", path: "/me/second-factor",
        as: "chidi@example.org", before: showKey },
    { name: "not-found", path: "/no/such/page", status: 404 },
    { name: "no-such-post", path: "/posts/999999999", status: 404 },
    /* all parts of the look, also those that no page has yet */
    { name: "parts", path: "/parts", file: "tests/browser/parts.html" },
];
