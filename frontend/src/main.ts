import "@fontsource-variable/inter";
import "./styles/tokens.css";
import "./styles/base.css";
import { mount } from "svelte";
import { socketTransport } from "./api/socket";
import { wailsTransport } from "./api/wails";
import App from "./App.svelte";
import { Waflow } from "./state/waflow.svelte";

const target = document.getElementById("app");
if (target !== null) {
  const transport = wailsTransport(window) ?? socketTransport(location.origin);
  mount(App, { target, props: { waflow: new Waflow(transport, window) } });
}
