// @ts-check
import { getBinaryNodeChild, S_WHATSAPP_NET } from "baileys";

/** @typedef {import("baileys").BinaryNode} Node */

/**
 * A question to the server.
 * @param {"get" | "set"} type
 * @param {string} xmlns
 * @param {Node[]} [content]
 * @returns {Node}
 */
export function iq(type, xmlns, content) {
  return { tag: "iq", attrs: { to: S_WHATSAPP_NET, type, xmlns }, content };
}

/**
 * The node that a path of tags leads to. Throws when there is none, because a test that asks for it needs it.
 * @param {Node | undefined} node
 * @param {...string} tags
 * @returns {Node}
 */
export function within(node, ...tags) {
  let found = node;
  for (const tag of tags) {
    const child = found && getBinaryNodeChild(found, tag);
    if (!child) throw new Error(`no <${tag}> in <${found?.tag}>`);
    found = child;
  }
  if (!found) throw new Error("no stanza");
  return found;
}

/**
 * Tells whether a stanza has a tag and a child.
 * @param {Node} node
 * @param {string} tag
 * @param {string} child
 */
export function holds(node, tag, child) {
  return node.tag === tag && getBinaryNodeChild(node, child) !== undefined;
}

/**
 * Tells whether a stanza is a notification of a type.
 * @param {Node} node
 * @param {string} type
 * @param {string} [child] what it has to hold
 */
export function notifies(node, type, child) {
  if (node.tag !== "notification" || node.attrs.type !== type) return false;
  return child === undefined || getBinaryNodeChild(node, child) !== undefined;
}

/**
 * The content of a child as bytes.
 * @param {Node} node
 * @param {...string} path
 */
export function bytesOf(node, ...path) {
  const { content } = within(node, ...path);
  if (!(content instanceof Uint8Array)) throw new Error(`no bytes in <${path.at(-1)}>`);
  return Buffer.from(content);
}
