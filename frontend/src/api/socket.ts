import { CallError, parseProblem } from "./problem";
import type { Listener, Transport } from "./transport";
import type { Batch, Problem } from "./types";

/** Waits between tries to reach the engine again, in milliseconds; the last one repeats. */
const RETRY_AFTER_MS = [250, 500, 1000, 2000, 3000] as const;

/** The code of calls that got no answer. It never comes from the engine. */
export const UNREACHABLE = "engine_unreachable";

/** The code of calls from a page that the engine does not know. */
export const UNAUTHORIZED = "unauthorized";

/** The transport of a browser: calls over HTTP, events over a WebSocket that comes back by itself. `origin` is the page's. */
export function socketTransport(origin: string): Transport {
  return {
    call: (method, args) => post(`${origin}/api/call/${method}`, args),
    listen: (listener) => keepListening(`${origin.replace(/^http/, "ws")}/api/events`, listener),
  };
}

async function post(url: string, args: readonly unknown[]): Promise<unknown> {
  let response: Response;
  let text: string;
  try {
    response = await fetch(url, {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-Waflow": "1" },
      credentials: "same-origin",
      body: JSON.stringify(args),
    });
    text = await response.text();
  } catch {
    throw new CallError(unreachable());
  }
  if (!response.ok) throw new CallError(refusal(response.status, text));
  return text === "" ? undefined : (JSON.parse(text) as unknown);
}

function refusal(status: number, text: string): Problem {
  const problem = parseProblem(text);
  if (problem.code === "internal" && status === 401) return { ...problem, code: UNAUTHORIZED };
  return problem;
}

function unreachable(): Problem {
  return { code: UNREACHABLE, message: "The engine does not answer.", detail: {}, action: "retry" };
}

function keepListening(url: string, listener: Listener): () => void {
  let socket: WebSocket | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let failures = 0;
  let stopped = false;

  function open(): void {
    socket = new WebSocket(url);
    socket.onopen = () => {
      failures = 0;
      listener.connected();
    };
    socket.onmessage = (event) => {
      const frame = JSON.parse(String(event.data)) as { type: string; batch?: Batch };
      if (frame.type === "batch" && frame.batch !== undefined) listener.batch(frame.batch);
    };
    socket.onclose = () => {
      if (stopped) return;
      listener.lost();
      timer = setTimeout(open, RETRY_AFTER_MS[Math.min(failures++, RETRY_AFTER_MS.length - 1)]);
    };
  }

  open();
  return () => {
    stopped = true;
    clearTimeout(timer);
    socket?.close();
  };
}
