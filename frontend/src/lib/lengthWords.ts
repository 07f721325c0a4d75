/** A length as it is spoken: "1 minute, 4 seconds". */
export function lengthWords(seconds: number, locale: string): string {
  const whole = Math.max(0, Math.round(seconds));
  const say = (value: number, unit: "minute" | "second") =>
    new Intl.NumberFormat(locale, { style: "unit", unit, unitDisplay: "long" }).format(value);
  const minutes = Math.floor(whole / 60);
  const parts = [
    minutes > 0 ? say(minutes, "minute") : "",
    whole % 60 > 0 || minutes === 0 ? say(whole % 60, "second") : "",
  ];
  return parts.filter((part) => part !== "").join(", ");
}
