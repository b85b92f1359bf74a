/* What members do with their accounts. */

import { demoPassword, journey } from "../journey.mjs";

/*
 * What `make run` shows in place of sending it: a mail that a job writes, so it
 * may take a moment.
 */
const followsTheMail = async (visitor, email, kind) => {
    const mail = visitor.page.getByRole("listitem")
        .filter({ hasText: email }).filter({ hasText: kind });

    await visitor.opens("/dev/mailbox");
    for (let tries = 0; await mail.count() === 0 && tries < 50; tries++) {
        await visitor.page.waitForTimeout(200);
        await visitor.opens("/dev/mailbox");
    }
    await mail.first().getByRole("link").click();
    await visitor.page.locator("a[href*='?token=']").first().click();
};

const logsInWith = async (visitor, email, password) => {
    await visitor.writes("E-mail address", email);
    await visitor.writes("Password", password);
    await visitor.presses("Log in");
    await visitor.isAt(/^\/$/);
};

const signsUp = async (visitor) => {
    const handle = `odile-${Math.floor(Math.random() * 1e9)}`;
    const email = `${handle}@example.org`;

    await visitor.opens("/");
    await visitor.choosesInTheBar("Sign up");
    await visitor.writes("Your name", "Odile Journey");
    await visitor.writes("Short name", handle);
    await visitor.writes("E-mail address", email);
    await visitor.writes("Password", "seven quiet planes");
    await visitor.presses("Sign up");
    await visitor.seesHeading("Look into your mailbox");
    await followsTheMail(visitor, email, "(verify)");
    await visitor.presses("Confirm");
    await visitor.seesHeading("You are a member");
    await visitor.follows("Log in");
    return { handle, email };
};

journey("a newcomer signs up by mail, comments under his name, and logs out",
    async (visitor) => {
        const { handle, email } = await signsUp(visitor);

        await logsInWith(visitor, email, "seven quiet planes");
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

journey("who has forgotten a password gets another one by mail",
    async (visitor) => {
        const { email } = await signsUp(visitor);

        await visitor.follows("Have you forgotten your password?");
        await visitor.writes("E-mail address", email);
        await visitor.presses("Send the link");
        await visitor.seesHeading("Look into your mailbox");
        await followsTheMail(visitor, email, "(reset)");
        await visitor.writes("New password", "eight quiet planes");
        await visitor.presses("Change password");
        await visitor.seesHeading("You have a new password");
        await visitor.follows("Log in");
        await logsInWith(visitor, email, "eight quiet planes");
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
