// The words of a board's details. They are fetched with the page of boards, and
// not with the first sight of the house. The type keeps the languages alike.

const en = {
  more: 'What it tells of itself',
  stranger: (line: string) => `To use it, add it under boards in config.yaml: ${line}`,
  adopt: (name: string) => `On the server’s computer: hob adopt ${name} CODE`,
  running: 'Running since',
  reset: 'Started by',
  resets: {
    power_on: 'power coming on',
    restart: 'a restart',
    watchdog: 'its watchdog',
    brownout: 'a drop of its supply voltage',
    panic: 'a failure of its program',
    unknown: 'unknown',
  },
  rssi: 'Wi-Fi signal',
  heap: 'Free memory',
  heapLow: 'Least ever free',
  stack: 'Stack left at least',
  loop: 'Longest turn',
  temp: 'Temperature of the chip',
  reconnects: 'Reconnects',
  bytes: (count: string) => `${count} bytes`,
  update: {
    title: (firmware: string) => `Firmware ${firmware}`,
    share: (percent: string, done: string, size: string) => `${percent} · ${done} of ${size}`,
    stage: {
      sending: 'Sending',
      checking: 'Checking what came',
      restarting: 'Restarting into it',
      proving: 'On trial for some seconds',
      done: 'Updated',
      failed: 'Not updated',
    },
    ended: (what: string, when: string) => `${what}, ${when}`,
    rolledBack: 'Rolled back',
    why: {
      no_key: 'Its firmware was built without a key for updates',
      bad_signature: 'It is not signed with the key that this board trusts',
      wrong_chip: 'It is for another chip',
      downgrade: 'Its security version is older than what runs',
      on_trial: 'What runs is on trial itself: try again in two minutes',
      too_large: 'It does not fit into the board',
      storage: 'The board could not store it',
      hash_mismatch: 'What the board stored is not what was signed',
      not_bootable: 'This chip cannot boot it',
      rolled_back: 'The new firmware did not come up, or was not reached for 10 seconds within two minutes: what ran before runs again',
      silent: 'Nothing was heard of the board for five minutes',
      stuck: 'The board got no further for a quarter of an hour',
      nonsense: 'The board asked for what there is not',
      stopped: 'The server was stopped. The board keeps what it has: begin once more',
    },
  },
};

type Words<T> = {
  readonly [K in keyof T]: T[K] extends (...args: infer A) => string ? (...args: A) => string : T[K] extends string ? string : Words<T[K]>;
};

export type BoardWords = Words<typeof en>;

const de: BoardWords = {
  more: 'Was es von sich sagt',
  stranger: (line) => `Zum Benutzen unter boards in config.yaml eintragen: ${line}`,
  adopt: (name) => `Am Rechner des Servers: hob adopt ${name} CODE`,
  running: 'Läuft seit',
  reset: 'Gestartet durch',
  resets: {
    power_on: 'Einschalten des Stroms',
    restart: 'einen Neustart',
    watchdog: 'seinen Watchdog',
    brownout: 'einen Einbruch der Spannung',
    panic: 'einen Fehler im Programm',
    unknown: 'unbekannt',
  },
  rssi: 'WLAN-Signal',
  heap: 'Freier Speicher',
  heapLow: 'Je am wenigsten frei',
  stack: 'Stapel mindestens übrig',
  loop: 'Längster Umlauf',
  temp: 'Temperatur des Chips',
  reconnects: 'Neu verbunden',
  bytes: (count) => `${count} Byte`,
  update: {
    title: (firmware) => `Firmware ${firmware}`,
    share: (percent, done, size) => `${percent} · ${done} von ${size}`,
    stage: {
      sending: 'Wird übertragen',
      checking: 'Wird geprüft',
      restarting: 'Startet damit neu',
      proving: 'Für einige Sekunden auf Probe',
      done: 'Aktualisiert',
      failed: 'Nicht aktualisiert',
    },
    ended: (what, when) => `${what}, ${when}`,
    rolledBack: 'Zurückgenommen',
    why: {
      no_key: 'Seine Firmware wurde ohne Schlüssel für Updates gebaut',
      bad_signature: 'Sie ist nicht mit dem Schlüssel unterschrieben, dem dieses Board traut',
      wrong_chip: 'Sie ist für einen anderen Chip',
      downgrade: 'Ihre Sicherheitsversion ist älter als die der laufenden',
      on_trial: 'Was läuft, ist selbst noch auf Probe: in zwei Minuten noch einmal versuchen',
      too_large: 'Sie passt nicht auf das Board',
      storage: 'Das Board konnte sie nicht speichern',
      hash_mismatch: 'Was das Board gespeichert hat, ist nicht, was unterschrieben wurde',
      not_bootable: 'Dieser Chip kann sie nicht starten',
      rolled_back: 'Die neue Firmware lief nicht an oder war nicht innerhalb von zwei Minuten für 10 Sekunden erreichbar: Die alte läuft wieder',
      silent: 'Vom Board kam fünf Minuten lang nichts',
      stuck: 'Das Board kam eine Viertelstunde lang nicht weiter',
      nonsense: 'Das Board hat verlangt, was es nicht gibt',
      stopped: 'Der Server wurde angehalten. Das Board behält, was es hat: noch einmal beginnen',
    },
  },
};

export const boardWords = { en, de } as const;

/** The word for an open set of names; undefined for one that came later than this page. */
export const wordFor = (words: Readonly<Record<string, string>>, name: string): string | undefined =>
  Object.hasOwn(words, name) ? words[name] : undefined;
