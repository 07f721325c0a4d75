// @ts-check
import { Agent } from "node:https";
import { connect } from "node:net";

/**
 * How the client's HTTP requests find the simulator: it makes them to hosts of the real service over TLS, and here each
 * becomes a plain connection to a loopback port, without a change to the client. None can leave the machine.
 */

/**
 * Agent for what the client uploads with node:https.
 * @param {number} port
 */
export function plainAgent(port) {
  const agent = new Agent({ keepAlive: false });
  agent.createConnection = () => connect(port, "127.0.0.1");
  return agent;
}

/** Where Node keeps the dispatcher of fetch; undici documents the symbol. */
const dispatcherSymbol = Symbol.for("undici.globalDispatcher.1");

/**
 * Sends everything that this process fetches from another machine to a loopback port.
 * @param {number} port
 */
export async function redirectFetch(port) {
  await fetch("data:,"); // Node loads the dispatcher with the first use
  const { value: direct } = /** @type {{ value: Dispatcher }} */ (
    Object.getOwnPropertyDescriptor(globalThis, dispatcherSymbol)
  );
  const redirecting = Object.create(direct, {
    dispatch: {
      value: (/** @type {Request} */ request, /** @type {unknown} */ handler) =>
        direct.dispatch({ ...request, origin: loopbackOrigin(request.origin, port) }, handler),
    },
  });
  Reflect.set(globalThis, dispatcherSymbol, redirecting);
}

/**
 * @param {string | URL | undefined} origin
 * @param {number} port
 */
function loopbackOrigin(origin, port) {
  return String(origin).startsWith("http://127.0.0.1:") ? origin : `http://127.0.0.1:${port}`;
}

/**
 * @typedef {{ origin?: string | URL }} Request
 * @typedef {{ dispatch(request: Request, handler: unknown): boolean }} Dispatcher
 */
