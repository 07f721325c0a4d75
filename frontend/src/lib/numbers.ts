/** A count with the interface language's grouping: "1,284". */
export function grouped(value: number, locale: string): string {
  return new Intl.NumberFormat(locale).format(value);
}
