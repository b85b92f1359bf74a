/*
 * Journeys: each a sentence and what a visitor does. They stand in journeys/,
 * a file a part of the site, and are walked with JavaScript off and on.
 *
 *     journey("a visitor reads a post", async (visitor) => {
 *         await visitor.opens("/");
 *         ...
 *     });
 *
 * What a visitor can do stands in browser.mjs (Visitor). A journey that starts
 * as somebody names him: journey(sentence, { as: "benno@example.org" }, walk).
 * All journeys of one member share what his first log-in got: passwords are
 * slow to look at, on purpose.
 */

import { Visitor } from "./browser.mjs";

/* All members of the demo have it: README.md. */
export const demoPassword = "the door stands open";

export const journeys = [];
const sessions = new Map();

export function journey(sentence, options, walk) {
    journeys.push(walk ? { sentence, ...options, walk }
        : { sentence, walk: options });
}

/* The cookies of a member who is logged in; asked for once. */
export function sessionOf(chromium, email) {
    if (!sessions.has(email)) {
        sessions.set(email, (async () => {
            const visitor = await Visitor.arrives(chromium, {});
            await visitor.logsIn(email, demoPassword);
            const state = await visitor.context.storageState();
            await visitor.leaves();
            return state;
        })());
    }
    return sessions.get(email);
}

export async function walk(chromium, { walk, as, locale }, javaScriptEnabled) {
    const visitor = await Visitor.arrives(chromium, {
        javaScriptEnabled, locale: locale ?? "en-GB",
        storageState: as ? await sessionOf(chromium, as) : undefined });
    try {
        await walk(visitor);
    } catch (error) {
        await visitor.context.close();
        throw error;
    }
    await visitor.leaves();
}
