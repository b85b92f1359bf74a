/*
 * Runs what tests/browser/run has prepared: the style sheet, all journeys, all
 * pages. Prints a line a test, as tests/run does, and the counts as the last.
 * Words after the command choose: tests/browser/run reading post
 */

import { readFileSync, readdirSync } from "node:fs";

import { require, startChromium, top } from "./browser.mjs";
import { checkPage } from "./checks.mjs";
import { journeys, walk } from "./journey.mjs";
import { pages } from "./pages.mjs";

const atATime = 2;
const chosen = process.argv.slice(2);
const counts = { passed: 0, failed: 0 };

function isChosen(...names) {
    return chosen.length === 0 || names.some((name) => chosen.includes(name));
}

async function report(sentence, check) {
    const begin = Date.now();
    let error = null;
    try {
        await check();
    } catch (thrown) {
        error = thrown;
    }
    counts[error ? "failed" : "passed"]++;
    console.log(`${error ? "FAIL" : "ok  "} ${sentence}  (${
        ((Date.now() - begin) / 1000).toFixed(1)} s)`);
    if (error) {
        console.log(String(error.message).replace(/^/gm, "    | "));
    }
}

async function checkStyle() {
    const { default: stylelint } = await import(
        require.resolve("stylelint").replace(/\.cjs$/, ".mjs"));
    const { results } = await stylelint.lint({
        files: `${top}/site/static/style.css`,
        config: JSON.parse(readFileSync(
            `${top}/tests/browser/stylelint.json`, "utf8")) });
    const found = results.flatMap((file) => file.warnings);
    if (found.length > 0) {
        throw new Error(found.map((at) =>
            `style.css:${at.line}: ${at.text}`).join("\n"));
    }
}

async function tasks(chromium) {
    const all = [];
    if (isChosen("style")) {
        all.push(() => report("stylelint finds nothing in style.css", checkStyle));
    }
    for (const file of readdirSync(`${top}/tests/browser/journeys`).sort()) {
        const before = journeys.length;
        await import(`./journeys/${file}`);
        if (!isChosen(file.replace(".mjs", ""))) {
            journeys.length = before;
        }
    }
    for (const one of journeys) {
        for (const script of [false, true]) {
            all.push(() => report(
                `${one.sentence} (JavaScript ${script ? "on" : "off"})`,
                () => walk(chromium, one, script)));
        }
    }
    for (const row of pages.filter(({ name }) => isChosen(name))) {
        all.push(() => checkPage(chromium, row, report)
            .catch((error) => report(`${row.name} opens`, () => {
                throw error;
            })));
    }
    return all;
}

async function runAll(all) {
    await Promise.all(Array.from({ length: atATime }, async () => {
        while (all.length > 0) {
            await all.shift()();
        }
    }));
}

/* As an ordinary user it wants namespaces, which some machines refuse. */
const chromium = await startChromium().catch((error) => {
    console.log(`skip the site in a real browser: Chromium does not start: ${
        error.message.split("\n")[0]}`);
    console.log("0 passed, 0 failed, 1 skipped");
    process.exit(0);
});
await runAll(await tasks(chromium));
await chromium.close();
console.log(`${counts.passed} passed, ${counts.failed} failed, 0 skipped`);
process.exit(counts.failed > 0 || counts.passed === 0 ? 1 : 0);
