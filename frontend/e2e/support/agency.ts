import { expect, type Page } from "@playwright/test";

import { call } from "./engine";
import type { Phone, Simulator } from "./simulator";

/** A device of the agency, and the phone whose number it has. */
export interface Ours {
  id: number;
  subaccount: number;
  phone: Phone;
}

const CLIENTS: readonly { name: string; devices: readonly string[] }[] = [
  { name: "Clínica Vida", devices: ["Reception", "Dr. Prado", "Emergencies", "Pharmacy"] },
  { name: "Hotel Miramar", devices: ["Concierge", "Reservations", "Weddings and conferences, Tarragona"] },
  { name: "مطعم البحر", devices: ["الحجوزات", "التوصيل"] },
  { name: "Wolfeschlegelsteinhausenbergerdorff & Söhne Immobilien GmbH", devices: ["Vermietung", "Verkauf"] },
  { name: "Autos Ruiz", devices: ["Showroom", "Workshop"] },
];

/**
 * Makes an agency with the devices of five clients, linked by codes that their phones are given. The last one is created and never
 * linked.
 */
export async function agency(page: Page, simulator: Simulator): Promise<Map<string, Ours>> {
  const ours = new Map<string, Ours>();
  let number = 34600000100;
  for (const client of CLIENTS) {
    const subaccount = await call<{ id: number }>(page, "Fleet.CreateSubaccount", client.name);
    for (const label of client.devices) {
      const device = await call<{ id: number }>(page, "Fleet.CreateDevice", subaccount.id, label, "support");
      const phone = await simulator.phone(`+${number++}`, client.name);
      ours.set(label, { id: device.id, subaccount: subaccount.id, phone });
    }
  }
  await Promise.all([...ours.values()].slice(0, -1).map((one) => linkByCode(page, one)));
  return ours;
}

async function linkByCode(page: Page, { id, phone }: Ours): Promise<void> {
  await call(page, "Pairing.ShowCode", id, phone.number);
  let code = "";
  await expect
    .poll(async () => (code = (await call<{ code: string }>(page, "Pairing.Current", id)).code), { timeout: 60_000 })
    .not.toBe("");
  expect((await phone.enterCode(code)).linked).toBe(true);
}
