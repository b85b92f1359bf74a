/*
 * What holds for each page, whoever has made it: one function a check, which
 * gets the page as a visitor has it and throws what is wrong.
 */

import { mkdirSync, readFileSync } from "node:fs";

import { Visitor, must, out, require, site, top } from "./browser.mjs";
import { sessionOf } from "./journey.mjs";

const { HtmlValidate } = require("html-validate");
const axe = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");
const pictures = `${out}/pictures`;
mkdirSync(pictures, { recursive: true });

const widths = [360, 768, 1440];
const heights = { 360: 740, 768: 1024, 1440: 900 };

export const themes = {
    "light": { colorScheme: "light" },
    "dark": { colorScheme: "dark" },
    "light, more contrast": { colorScheme: "light", contrast: "more" },
    "dark, more contrast": { colorScheme: "dark", contrast: "more" },
};

/* Our templates are written so, and the standard allows it. */
const validator = new HtmlValidate({
    extends: ["html-validate:standard", "html-validate:a11y"],
    rules: {
        /* a template's {% call %} leaves its indentation behind */
        "no-trailing-whitespace": "off",
        /* titles are what members write */
        "long-title": "off",
    },
});

/* A file of the repository is shown as if the site had it as a page. */
async function serveFile(page, { path, file }) {
    const rules = (await page.request.get("/")).headers();
    await page.route(path, (route) => route.fulfill({
        body: readFileSync(`${top}/${file}`),
        contentType: "text/html; charset=utf-8",
        headers: { "content-security-policy": rules["content-security-policy"] },
    }));
}

/* Shifts of the layout are counted from the first moment on. */
function watchShifts() {
    window.layoutShifts = [];
    new PerformanceObserver((list) => {
        for (const { hadRecentInput, value, sources } of list.getEntries()) {
            if (!hadRecentInput) {
                window.layoutShifts.push(`by ${value}: ` + sources.map((it) =>
                    `${(it.node?.outerHTML ?? it.node?.data)?.slice(0, 120)} ` +
                    `from ${JSON.stringify(it.previousRect)} ` +
                    `to ${JSON.stringify(it.currentRect)}`).join("; "));
            }
        }
    }).observe({ type: "layout-shift", buffered: true });
}

export async function openPage(chromium, row, options) {
    const visitor = await Visitor.arrives(chromium, {
        viewport: { width: 1440, height: 900 }, ...options,
        storageState: row.as ? await sessionOf(chromium, row.as) : undefined });
    await visitor.page.addInitScript(watchShifts);
    if (row.file) {
        await serveFile(visitor.page, row);
    }
    await visitor.opens(row.path, row.status);
    if (row.before) {
        await row.before(visitor.page);
    }
    return visitor;
}

/* -------------------------------------------------------------- the checks */

async function isValidHtml(visitor, row) {
    const source = row.before ? await visitor.page.content()
        : row.file ? readFileSync(`${top}/${row.file}`, "utf8")
            : await (await visitor.page.request.get(row.path)).text();
    const report = await validator.validateString(source, row.path);
    must(report.valid, report.results.flatMap((result) => result.messages)
        .map((at) => `${at.line}:${at.column} ${at.ruleId}: ${at.message}`)
        .join("\n"));
}

async function isAccessible(visitor) {
    const { page } = visitor;
    await page.evaluate(axe);
    for (const [theme, media] of Object.entries(themes)) {
        await page.emulateMedia({ reducedMotion: "reduce", ...media });
        /* The colours are what differs between themes. */
        const found = await page.evaluate((only) => window.axe.run(document,
            only ? { runOnly: ["color-contrast"] } : {}), theme !== "light");
        must(found.violations.length === 0, found.violations.map((rule) =>
            `${theme}: ${rule.id}: ${rule.help}\n` + rule.nodes.map((node) =>
                `  ${node.html}\n    ${node.failureSummary}`).join("\n"))
            .join("\n"));
    }
}

/* What has the focus, whether its ring is seen, and whether it is on screen. */
function describeFocus() {
    const it = document.activeElement;
    const style = getComputedStyle(it);
    const box = it.getBoundingClientRect();
    return {
        number: it.dataset.walk ?? null,
        html: it.outerHTML.slice(0, 120),
        hasRing: style.outlineStyle !== "none" &&
            parseFloat(style.outlineWidth) >= 2,
        isOnScreen: box.width > 0 && box.height > 0 && box.bottom > 0 &&
            box.top < innerHeight && box.right > 0 && box.left < innerWidth,
    };
}

/* Numbers all that can be acted on; the keyboard must come to each. */
function numberActive() {
    const all = [...document.querySelectorAll("a[href], button, select, " +
        "textarea, input:not([type=hidden]), summary, [tabindex='0']")];
    const active = all.filter((it) => !it.disabled && it.checkVisibility());
    active.forEach((it, number) => { it.dataset.walk = number; });
    return active.map((it) => it.outerHTML.slice(0, 120));
}

async function isReachedByKeyboard(visitor) {
    const { page } = visitor;
    const active = await page.evaluate(numberActive);
    const reached = new Set();
    must(active.length > 0, "nothing on the page can be acted on");
    await page.evaluate(() => {
        document.activeElement.blur();
        getSelection().removeAllRanges();
        scrollTo(0, 0);
    });
    for (let step = 0; step < active.length + 2; step++) {
        await page.keyboard.press("Tab");
        const focus = await page.evaluate(describeFocus);
        if (focus.number !== null) {
            reached.add(Number(focus.number));
            must(focus.hasRing, `its focus is not seen: ${focus.html}`);
            must(focus.isOnScreen, `it has the focus off screen: ${focus.html}`);
        }
    }
    const missed = active.filter((html, number) => !reached.has(number));
    must(missed.length === 0, `the keyboard misses:\n${missed.join("\n")}`);
}

async function hasSkipLink(visitor) {
    const { page } = visitor;
    await page.goto(page.url().split("#")[0]);
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    must(await page.evaluate(() => document.activeElement.id) === "content",
        "the first link does not lead to the content");
}

async function fitsAPhone(visitor) {
    const { page } = visitor;
    for (const width of [320, 360]) {
        await page.setViewportSize({ width, height: 740 });
        const wide = await page.evaluate(() => {
            const most = document.documentElement.clientWidth;
            return document.documentElement.scrollWidth <= most ? []
                : [...document.querySelectorAll("body *")].filter((it) =>
                    it.getBoundingClientRect().right > most + 1)
                    .map((it) => it.outerHTML.slice(0, 120));
        });
        must(wide.length === 0,
            `at ${width} px these are too wide:\n${wide.join("\n")}`);
    }
}

async function doesNotShift(visitor, row) {
    const { page } = visitor;
    await page.setViewportSize({ width: 768, height: 1024 });
    /* The new size must have reached the page, or it counts as a shift. */
    await page.evaluate(() => new Promise((drawn) =>
        requestAnimationFrame(() => requestAnimationFrame(drawn))));
    if (row.before) {
        await page.evaluate(() => { window.layoutShifts = []; });
    } else {
        await page.goto(page.url());
    }
    await page.evaluate(async () => {
        for (let at = 0; at < document.body.scrollHeight; at += innerHeight) {
            scrollTo(0, at);
            await new Promise((next) => requestAnimationFrame(next));
        }
    });
    await page.waitForLoadState("networkidle");
    const shifts = await page.evaluate(() => window.layoutShifts);
    must(shifts.length === 0, `the layout shifts\n${shifts.join("\n")}`);
}

/* A picture for people to look at; nothing is held against an old one. */
async function isPictured(visitor, row) {
    const { page } = visitor;
    for (const width of widths) {
        await page.setViewportSize({ width, height: heights[width] });
        for (const colorScheme of ["light", "dark"]) {
            await page.emulateMedia({ colorScheme, contrast: null });
            await page.evaluate(() => {
                document.activeElement.blur();
                (document.querySelector("main [role=alert]") ??
                    document.body).scrollIntoView();
            });
            await page.screenshot({
                path: `${pictures}/${row.name}-${width}-${colorScheme}.png` });
        }
    }
}

/* The order is that of one page's life: the last ones load it anew. */
const checks = [
    ["is valid HTML", isValidHtml],
    ["has nothing that axe finds, and contrast AA in all themes", isAccessible],
    ["is reached by the keyboard alone, and shows where that is",
        isReachedByKeyboard],
    ["is no wider than a phone", fitsAPhone],
    ["is pictured in three widths, light and dark", isPictured],
    ["does not shift while it loads", doesNotShift],
    ["has a link to skip to its content", hasSkipLink],
];

/*
 * All checks of one page, on one visit to it: report(sentence, error) for each,
 * and for what the console has said meanwhile.
 */
export async function checkPage(chromium, row, report) {
    const visitor = await openPage(chromium, row);
    for (const [sentence, check] of checks) {
        await report(`${row.name} ${sentence}`, () => check(visitor, row));
    }
    await report(`${row.name} says nothing on the console, and stays on ${
        new URL(site).hostname}`, () => visitor.leaves());
}
