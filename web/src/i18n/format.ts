// Times and numbers in the words of a language and the time zone of the house.
// Pure: the same input gives the same text.

export class Format {
  /** Whether temperatures are told in °F. */
  readonly imperial: boolean;

  readonly #time: Intl.DateTimeFormat;
  readonly #dateTime: Intl.DateTimeFormat;
  readonly #day: Intl.DateTimeFormat;
  readonly #ago: Intl.RelativeTimeFormat;
  readonly #percent: Intl.NumberFormat;
  readonly #count: Intl.NumberFormat;

  readonly #tenths: Intl.NumberFormat;
  readonly #thousandths: Intl.NumberFormat;

  /**
   * `timezone` is an IANA name; one that this browser does not know is ignored.
   * `units` are those of the house: temperatures are told in them.
   */
  constructor(locale: string, timezone: string, units = 'metric') {
    this.imperial = units === 'imperial';
    this.#tenths = new Intl.NumberFormat(locale, { maximumFractionDigits: 1 });
    this.#thousandths = new Intl.NumberFormat(locale, { maximumFractionDigits: 3 });
    const zone = known(timezone) ? { timeZone: timezone } : {};
    const time = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } as const;
    this.#time = new Intl.DateTimeFormat(locale, { ...time, ...zone });
    this.#dateTime = new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'short', ...time, ...zone });
    this.#day = new Intl.DateTimeFormat('en-CA', { dateStyle: 'short', ...zone });
    this.#ago = new Intl.RelativeTimeFormat(locale, { numeric: 'auto', style: 'short' });
    this.#percent = new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 0 });
    this.#count = new Intl.NumberFormat(locale);
  }

  /** A moment (unix ms): the time, and the day too when it is not today. */
  moment(at: number, now: number): string {
    return this.#day.format(at) === this.#day.format(now) ? this.#time.format(at) : this.#dateTime.format(at);
  }

  /** How long ago: "now", "20 sec. ago", "3 min. ago", "yesterday". A moment in the future is now. */
  ago(at: number, now: number): string {
    const seconds = Math.max(0, Math.floor((now - at) / 1000));
    if (seconds < 5) return this.#back(0, 'second');
    if (seconds < 60) return this.#back(seconds - (seconds % 5), 'second');
    if (seconds < 3600) return this.#back(Math.floor(seconds / 60), 'minute');
    if (seconds < 86_400) return this.#back(Math.floor(seconds / 3600), 'hour');
    return this.#back(Math.floor(seconds / 86_400), 'day');
  }

  /** The number stays with its unit. */
  #back(n: number, unit: Intl.RelativeTimeFormatUnit): string {
    return this.#ago.format(-n, unit).replace(/(\d) /, '$1\u00a0');
  }

  /** A level in percent, 0 to 100. One above zero is never shown as zero. */
  percent(level: number): string {
    return this.#percent.format(level > 0 && level < 1 ? 0.01 : level / 100);
  }

  /** A temperature in °C, with at most one decimal, in the units of the house. */
  temperature(celsius: number): string {
    return this.imperial ? `${this.#degrees(celsius * 1.8 + 32)}\u00a0°F` : `${this.#degrees(celsius)}\u00a0°C`;
  }

  /** A value with its unit, as exactly as the server tells it; one in °C is a temperature. */
  measure(value: number, unit: string): string {
    if (unit === '°C') return this.temperature(value);
    const number = this.#thousandths.format(value);
    return unit === '' ? number : `${number}\u00a0${unit}`;
  }

  /** A time that is left, in whole seconds: "0", "12". */
  seconds(ms: number): string {
    return this.count(Math.max(0, Math.ceil(ms / 1000)));
  }

  #degrees(value: number): string {
    return this.#tenths.format(Math.round(value * 10) / 10 + 0); // + 0: no "-0"
  }

  count(n: number): string {
    return this.#count.format(n);
  }
}

function known(timezone: string): boolean {
  if (timezone === '') return false;
  try {
    new Intl.DateTimeFormat('en', { timeZone: timezone });
    return true;
  } catch {
    return false;
  }
}
