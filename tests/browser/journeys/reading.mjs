/* What everybody can do: read, answer, look at the shop, go astray. */

import { must } from "../browser.mjs";
import { journey } from "../journey.mjs";

journey("a visitor reads a post and answers it", async (visitor) => {
    const words = `Well said, number ${Math.random()}`;

    await visitor.opens("/");
    await visitor.seesHeading("The workshop door is open");
    await visitor.follows("A finish for spoons that people put in their mouths");
    await visitor.isAt(/^\/posts\/\d+$/);
    await visitor.writes("Your name", "Odile the visitor");
    await visitor.writes("Comment", words);
    await visitor.presses("Add comment");
    await visitor.isAt(/^\/posts\/\d+/);
    await visitor.sees(words);
});

journey("who forgets to write something is told so, and keeps the rest",
    async (visitor) => {
        await visitor.opens("/posts/2");
        await visitor.writes("Your name", "Odile");
        /* the browser's own check must not be all there is */
        await visitor.page.locator("#add-comment form")
            .evaluate((form) => { form.noValidate = true; });
        await visitor.presses("Add comment");
        await visitor.isToldWhatIsWrong("Enter a comment", "Comment");
        must(await visitor.page.getByLabel("Your name").inputValue() === "Odile",
            "the name is lost");
    });

journey("a visitor turns the pages of posts, and back", async (visitor) => {
    await visitor.opens("/");
    await visitor.follows("Older posts");
    await visitor.isAt(/^\/\?after=/);
    await visitor.seesHeading("More posts");
    await visitor.follows("Newer posts");
    await visitor.isAt(/^\/\?before=/);
    await visitor.sees("A finish for spoons that people put in their mouths");
});

journey("a visitor looks at the shop", async (visitor) => {
    await visitor.opens("/");
    await visitor.choosesInTheBar("Shop");
    await visitor.isAt(/^\/products$/);
    await visitor.sees("Sold out");
    await visitor.sees("€28.00");
});

journey("a German visitor is spoken to in German", { locale: "de-DE" },
    async (visitor) => {
        await visitor.opens("/");
        await visitor.seesHeading("Die Werkstatttür steht offen");
        await visitor.choosesInTheBar("Laden");
        await visitor.sees("Ausverkauft");
        await visitor.doesNotSee("Sold out");
        await visitor.opens("/no/such/page", 404);
        await visitor.seesHeading("Hier ist nichts");
    });

journey("who goes astray is told where, and finds back", async (visitor) => {
    await visitor.opens("/posts/999999999", 404);
    await visitor.seesHeading("There is nothing here");
    await visitor.follows("To the front page");
    await visitor.isAt(/^\/$/);
});
