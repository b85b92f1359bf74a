/*
 * Chromium, and a visitor who sits before it. A journey is written in what a
 * visitor does and sees, by the names that are on the page, so that it also
 * proves that these names are there for those who cannot see it.
 */

import { createRequire } from "node:module";

export const site = process.env.BROWSER_SITE;
export const out = process.env.BROWSER_OUT;
export const top = process.env.BROWSER_TOP;

/* The packages lie in build/, where no import finds them by itself. */
export const require = createRequire(process.env.BROWSER_MODULES + "/");
const { chromium } = require("playwright-core");

/* What a page may take until something is there, on a busy machine. */
const patience = 10000;

/* It asks nobody but the site; it has no sandbox where root runs it. */
export function startChromium() {
    const quiet = ["--disable-gpu", "--disable-quic", "--no-first-run",
        "--disable-background-networking", "--disable-component-update",
        "--disable-sync"];
    if (process.getuid() === 0) {
        quiet.push("--no-sandbox");
    }
    return chromium.launch({ executablePath: process.env.BROWSER_CHROMIUM,
        args: quiet });
}

export function must(holds, otherwise) {
    if (!holds) {
        throw new Error(otherwise);
    }
}

/*
 * Errors of the console, of scripts and against the content security policy.
 * A page of an error is one, so Chromium says that the page itself has failed:
 * that line, for the address that was opened, is no trouble.
 */
function listen(page, troubles) {
    page.on("console", (message) => {
        const isPageItself = message.location().url === page.url() &&
            /^Failed to load resource/.test(message.text());
        if (message.type() === "error" && !isPageItself) {
            troubles.push(`${page.url()}: ${message.text()}`);
        }
    });
    page.on("pageerror", (error) => {
        troubles.push(`${page.url()}: ${error}`);
    });
    page.on("requestfailed", (request) => {
        const { errorText } = request.failure();
        /* whoever goes on stops what the page before was still asking for */
        if (errorText !== "net::ERR_ABORTED") {
            troubles.push(`${request.url()}: ${errorText}`);
        }
    });
    page.on("request", (request) => {
        if (!request.url().startsWith(site + "/")) {
            troubles.push(`${page.url()} asks ${request.url()}`);
        }
    });
}

export class Visitor {
    /* options: of playwright's browser.newContext() */
    static async arrives(chromium, options) {
        const visitor = new Visitor();
        visitor.context = await chromium.newContext({
            baseURL: site, locale: "en-GB", ...options });
        visitor.context.setDefaultTimeout(patience);
        visitor.page = await visitor.context.newPage();
        visitor.troubles = [];
        listen(visitor.page, visitor.troubles);
        return visitor;
    }

    async leaves() {
        await this.context.close();
        must(this.troubles.length === 0, this.troubles.join("\n"));
    }

    async opens(path, status = 200) {
        const reply = await this.page.goto(path);
        must(reply.status() === status,
            `${path} is a ${reply.status()}, not a ${status}`);
    }

    /* By its name, the first one of that name in the page's content. */
    async follows(name) {
        await this.page.locator("main").getByRole("link", { name })
            .first().click();
    }

    async choosesInTheBar(name) {
        await this.page.locator("header").getByRole("link", { name }).click();
    }

    async writes(label, text) {
        await this.page.getByLabel(label, { exact: true }).fill(text);
    }

    /* file: of the repository */
    async chooses(label, file) {
        await this.page.getByLabel(label, { exact: true })
            .setInputFiles(`${top}/${file}`);
    }

    async presses(name) {
        await this.page.getByRole("button", { name, exact: true })
            .first().click();
    }

    async isAt(pattern) {
        await this.page.waitForURL((url) =>
            pattern.test(url.pathname + url.search));
    }

    async sees(text) {
        await this.page.getByText(text).first().waitFor();
    }

    async seesHeading(name) {
        await this.page.getByRole("heading", { name }).first().waitFor();
    }

    async doesNotSee(text) {
        must(await this.page.getByText(text).count() === 0,
            `the page says: ${text}`);
    }

    /* The summary of a form that was wrong leads to the field. */
    async isToldWhatIsWrong(message, label) {
        const summary = this.page.getByRole("alert");
        await summary.getByRole("link", { name: message }).click();
        const field = this.page.getByLabel(label, { exact: true });
        must(await field.getAttribute("aria-invalid") === "true",
            `${label} is not marked as wrong`);
        must(await field.evaluate((it) => it === document.activeElement ||
            location.hash === "#" + it.id), `the summary does not lead to ${label}`);
    }

    async logsIn(email, password) {
        await this.opens("/login");
        await this.writes("E-mail address", email);
        await this.writes("Password", password);
        await this.presses("Log in");
        await this.isAt(/^\/$/);
    }
}
