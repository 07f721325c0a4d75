import { m } from "../i18n/paraglide/messages";

/** The twelve colours, in the order of the tokens. */
export const COLOURS = [
  "teal",
  "cobalt",
  "rust",
  "violet",
  "moss",
  "ochre",
  "orchid",
  "slate",
  "crimson",
  "sky",
  "jade",
  "rose",
] as const;

/** A colour in words; that there is none for one that is not known. */
export function colourName(colour: string): string {
  const names: Record<string, () => string> = {
    teal: m.colour_teal,
    cobalt: m.colour_cobalt,
    rust: m.colour_rust,
    violet: m.colour_violet,
    moss: m.colour_moss,
    ochre: m.colour_ochre,
    orchid: m.colour_orchid,
    slate: m.colour_slate,
    crimson: m.colour_crimson,
    sky: m.colour_sky,
    jade: m.colour_jade,
    rose: m.colour_rose,
  };
  return (names[colour] ?? m.colour_none)();
}
