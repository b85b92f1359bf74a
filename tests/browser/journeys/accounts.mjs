/* What members do with their accounts. */

import { demoPassword, journey } from "../journey.mjs";

journey("a newcomer signs up, opens his mail, comments under his name, and logs out",
    async (visitor) => {
        const handle = `odile-${Math.floor(Math.random() * 1e9)}`;

        await visitor.opens("/");
        await visitor.choosesInTheBar("Sign up");
        await visitor.writes("Your name", "Odile Journey");
        await visitor.writes("Short name", handle);
        await visitor.writes("E-mail address", `${handle}@example.org`);
        await visitor.writes("Password", "seven quiet planes");
        await visitor.presses("Sign up");
        await visitor.isAt(/^\/signup\/sent$/);
        await visitor.opens("/dev/mailbox");
        await visitor.page.locator("li", { hasText: `${handle}@example.org` })
            .getByRole("link").click();
        await visitor.page.locator("a[href*=\"/verify?token=\"]").first().click();
        await visitor.presses("Confirm");
        await visitor.seesHeading("You are a member");
        await visitor.logsIn(`${handle}@example.org`, "seven quiet planes");
        await visitor.opens("/posts/3");
        await visitor.sees("You write as Odile Journey.");
        await visitor.writes("Comment", `From ${handle}`);
        await visitor.presses("Add comment");
        await visitor.sees(`From ${handle}`);
        await visitor.choosesInTheBar("Odile Journey");
        await visitor.isAt(/^\/me$/);
        await visitor.presses("Log out");
        await visitor.isAt(/^\/$/);
        await visitor.sees("Log in");
    });

journey("a member sends a picture, and has it from then on",
    { as: "carmen@example.org" }, async (visitor) => {
        await visitor.opens("/me");
        await visitor.chooses("A picture of you",
            "docs/screenshots/home-phone.png");
        await visitor.presses("Show this picture");
        await visitor.page.waitForFunction(() => {
            const picture = document.querySelector("header img.avatar");
            return picture?.complete && picture.naturalWidth > 0;
        });
    });

journey("a wrong password is told as such, and says nothing of the account",
    async (visitor) => {
        await visitor.opens("/login");
        await visitor.writes("E-mail address", "chidi@example.org");
        await visitor.writes("Password", "not this one");
        await visitor.presses("Log in");
        await visitor.seesHeading("You are not logged in");
    });

journey("a member sees where he is logged in, and keeps his password",
    { as: "benno@example.org" }, async (visitor) => {
        await visitor.opens("/me");
        await visitor.sees("This browser");
        await visitor.writes("Your password now", "not this one");
        await visitor.writes("New password", demoPassword + " wide");
        await visitor.presses("Change password");
        await visitor.seesHeading("Your password is what it was");
    });
