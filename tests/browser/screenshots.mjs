/*
 * The pictures in README.md. They are small, since the repository keeps them:
 * the parts of a page that one sees first, in the size of its own pixels.
 */

import { startChromium, top } from "./browser.mjs";
import { openPage } from "./checks.mjs";

const desk = { width: 1100, height: 720 };
const phone = { width: 390, height: 720 };

const shots = [
    { name: "home", path: "/", viewport: desk, colorScheme: "light" },
    { name: "shop", path: "/products", viewport: desk, colorScheme: "light" },
    { name: "post-dark", path: "/posts/242", viewport: desk, colorScheme: "dark" },
    { name: "home-phone", path: "/", viewport: phone, colorScheme: "light" },
    { name: "shop-phone-dark", path: "/products#sharpening", viewport: phone,
        colorScheme: "dark" },
];

const chromium = await startChromium();
for (const { name, path, viewport, colorScheme } of shots) {
    const visitor = await openPage(chromium, { path }, { viewport, colorScheme });
    await visitor.page.waitForLoadState("networkidle");
    await visitor.page.screenshot({ path: `${top}/docs/screenshots/${name}.png` });
    await visitor.leaves();
}
await chromium.close();
