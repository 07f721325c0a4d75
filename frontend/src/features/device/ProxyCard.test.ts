import { render, screen } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import { expect, it } from "vitest";
import type { Proxy, ProxyOutcome, ProxyWish } from "../../api/types";
import { DeviceProxy } from "../../state/deviceProxy.svelte";
import ProxyCard from "./ProxyCard.svelte";

const kept: Proxy = { scheme: "socks5", host: "proxy.example", port: 1080, user: "ana", passwordSet: true };

function open(saved: Proxy, answer: (wish: ProxyWish) => ProxyOutcome) {
  const wishes: ProxyWish[] = [];
  const proxy = new DeviceProxy(7, {
    get: () => Promise.resolve(saved),
    save: (_, wish) => {
      wishes.push(wish);
      return Promise.resolve(answer(wish));
    },
    remove: () => Promise.resolve(),
  });
  render(ProxyCard, { proxy });
  return wishes;
}

it("keeps the password for the same proxy and for no other", async () => {
  const user = userEvent.setup();
  const wishes = open(kept, () => ({ saved: true, trouble: "", proxy: kept }));
  const password = await screen.findByTestId("proxy-password");
  expect(password).toHaveValue("");
  expect(password).toHaveAttribute("placeholder", "set");
  await user.click(screen.getByTestId("proxy-save"));
  expect(wishes[0]).toEqual({
    scheme: "socks5",
    host: "proxy.example",
    port: 1080,
    user: "ana",
    password: "",
    keepPassword: true,
  });
  expect(screen.getByTestId("proxy-result")).toHaveTextContent("It is in use now.");

  await user.type(screen.getByTestId("proxy-host"), ".org");
  expect(password).toHaveAttribute("placeholder", "optional");
  await user.click(screen.getByTestId("proxy-save"));
  expect(wishes[1]).toMatchObject({ host: "proxy.example.org", keepPassword: false });
});

it("says why a proxy was not saved and leaves what was written", async () => {
  const user = userEvent.setup();
  open(kept, () => ({ saved: false, trouble: "password", proxy: kept }));
  await user.type(await screen.findByTestId("proxy-password"), "wrong");
  await user.click(screen.getByTestId("proxy-save"));
  expect(screen.getByTestId("proxy-result")).toHaveTextContent("wants another user or password. Nothing was changed.");
  expect(screen.getByTestId("proxy-password")).toHaveValue("wrong");
});
