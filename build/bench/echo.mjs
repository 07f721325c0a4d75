// Opens the interface in a browser, has a contact write, and prints how many milliseconds pass until each text is painted.
// Arguments: address with token, control address of the simulator, contact, our number, conversation, how often, browser.
import { chromium } from "../../frontend/node_modules/playwright-core/index.mjs";

const [address, control, contact, phone, conversation, count, executablePath] = process.argv.slice(2);

/** Resolves with the time of the frame after the text has come into the page. */
function painted(text) {
  return new Promise((resolve) => {
    const look = () => {
      const bubbles = document.querySelectorAll("[data-testid^='message-']");
      if (![...bubbles].some((bubble) => bubble.textContent.includes(text))) return false;
      requestAnimationFrame(() => resolve(performance.timeOrigin + performance.now()));
      return true;
    };
    if (look()) return;
    const observer = new MutationObserver(() => {
      if (look()) observer.disconnect();
    });
    observer.observe(document.body, { childList: true, subtree: true, characterData: true });
  });
}

const browser = await chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking"] });
try {
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 }, locale: "en-US" });
  await page.goto(address);
  await page.getByTestId("view-inbox").click();
  await page.getByTestId(`conversation-${conversation}`).click();
  await page.getByTestId("composer").waitFor();
  const took = [];
  for (let i = 0; i < Number(count); i++) {
    const text = `echo ${i} of ${count}`;
    const seen = page.evaluate(painted, text);
    const began = Date.now();
    const sent = fetch(`${control}/phones/${contact}/send`, { method: "POST", body: JSON.stringify({ to: phone, text }) });
    took.push((await seen) - began);
    await sent;
  }
  console.log(JSON.stringify(took));
} finally {
  await browser.close();
}
