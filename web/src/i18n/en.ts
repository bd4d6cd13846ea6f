// English, and the shape that every other catalogue must have: a key that is
// missing there does not compile.

export const en = {
  app: { title: 'Hob', skip: 'Skip to the house', nav: 'Pages' },
  nav: { home: 'Home', boards: 'Boards', settings: 'Settings' },

  state: {
    on: 'On',
    off: 'Off',
    open: 'Open',
    closed: 'Closed',
    pressed: 'Pressed',
    unknown: 'Unknown',
    motion: { on: 'Motion', off: 'No motion' },
    occupancy: { on: 'Occupied', off: 'Empty' },
    moisture: { on: 'Wet', off: 'Dry' },
    smoke: { on: 'Smoke', off: 'No smoke' },
    vibration: { on: 'Vibration', off: 'Still' },
    detected: { on: 'Detected', off: 'Clear' },
  },

  pending: {
    on: 'Turning on…',
    off: 'Turning off…',
    set: 'Setting…',
    press: 'Pressing…',
    other: 'Working…',
    cancel: (name: string) => `Cancel: ${name}`,
  },

  failure: {
    at: (what: string, when: string) => `${what}, ${when}`,
    timeout: (board: string) => `No reply from ${board}`,
    offline: (board: string) => `${board} was offline`,
    link_lost: (board: string) => `${board} dropped out`,
    removed: 'It left the configuration',
    unknown_entity: 'It is not in the configuration',
    invalid: 'It cannot do that',
    busy: 'Too much at once',
    confirm_needed: 'Only for who can see it',
    wrong_code: 'Wrong code',
    disconnected: 'The connection dropped',
    refused: 'Refused',
    someBoard: 'the board',
    mark: 'Failed',
    retry: 'Retry',
    retryName: (name: string) => `Retry: ${name}`,
  },

  offline: {
    was: (word: string, age: string) => `${word} · ${age}`,
    neverSeen: 'Not seen yet',
    because: {
      offline: (board: string) => `${board} is offline`,
      connecting: (board: string) => `${board} is connecting`,
      not_adopted: (board: string) => `${board} is not adopted yet`,
      key_refused: (board: string) => `${board} refuses the key`,
      wrong_chip: (board: string) => `${board} has another chip`,
      wrong_id: (board: string) => `${board} is another board`,
      config_refused: (board: string) => `${board} refuses its configuration`,
      duplicate: (board: string) => `${board} is there twice`,
      not_configured: (board: string) => `${board} has not reported it yet`,
      other: (board: string) => `${board} is not available`,
    },
    page: 'This page is not connected',
  },

  unknown: { hint: 'Not reported yet' },

  light: {
    brightness: (name: string) => `Brightness of ${name}`,
    color: (name: string) => `Color of ${name}`,
    otherColor: 'Another color',
    colors: {
      warm: 'Warm white',
      white: 'White',
      cool: 'Cool white',
      red: 'Red',
      orange: 'Orange',
      yellow: 'Yellow',
      green: 'Green',
      turquoise: 'Turquoise',
      blue: 'Blue',
      violet: 'Violet',
      pink: 'Pink',
    },
  },

  button: {
    gesture: { press: 'Press', double: 'Double press', hold: 'Hold' },
    last: { press: 'Pressed', double: 'Pressed twice', hold: 'Held' },
    never: 'Ready',
    done: 'Done',
    more: (name: string) => `More for ${name}`,
    unbound: 'Nothing is bound to it',
  },

  home: {
    other: 'Other',
    nothingOn: 'Nothing is on',
    on: (count: string, one: boolean) => (one ? `${count} thing is on` : `${count} things are on`),
    boardsOnline: (online: string, all: string) => `${online} of ${all} boards online`,
    allOnline: 'All boards online',
    attention: 'Needs attention',
    newBoards: (count: string, one: boolean) => (one ? 'A new board was found' : `${count} new boards were found`),
    newBoardsHint: (one: boolean) => (one ? 'Name it in config.yaml to use it.' : 'Name in config.yaml what is yours.'),
    loading: 'Looking into the house…',
    empty: {
      title: 'A quiet house, so far',
      text: 'Nothing is declared yet. Add a board and something that it switches to config.yaml: it appears here the moment you save.',
      example: 'For example',
      noBoards: 'No board is declared yet. Boards that Hob finds in your network are listed under Boards, with the id to write down.',
    },
  },

  boards: {
    title: 'Boards',
    intro: 'Every board that config.yaml names, and every other one that was found in the network.',
    declared: 'In this house',
    strangers: 'Found, but in no configuration',
    strangerHint: (id: string) => `To use it, add it under boards in config.yaml: {id: ${id}}`,
    empty: 'No boards yet',
    emptyHint: 'Name one in config.yaml, or plug one in: Hob finds it by itself.',
    since: (age: string) => `since ${age}`,
    status: {
      online: 'Online',
      connecting: 'Connecting',
      offline: 'Offline',
      not_adopted: 'Not adopted',
      key_refused: 'Key refused',
      wrong_chip: 'Wrong chip',
      wrong_id: 'Wrong board',
      config_refused: 'Configuration refused',
      duplicate: 'Duplicate',
      unknown: 'New',
    },
    meaning: {
      connecting: 'The server is calling it',
      offline: 'It does not answer',
      not_adopted: 'Adopt it with its setup code',
      key_refused: 'It does not hold the key that the server has for it',
      wrong_chip: 'Its chip is not the one in config.yaml; it keeps the configuration it has',
      wrong_id: 'Another board answers in its place',
      config_refused: 'It keeps the configuration it had before',
      duplicate: 'Another device has the same id; the link to this one goes on',
      unknown: 'Found on the network, not in config.yaml',
    },
    id: 'Id',
    chip: 'Chip',
    address: 'Address',
    firmware: 'Firmware',
    nowhere: 'not found yet',
  },

  settings: {
    title: 'Settings',
    intro: 'For this browser only.',
    theme: 'Appearance',
    themes: { auto: 'Automatic', light: 'Light', dark: 'Dark' },
    language: 'Language',
    languages: { auto: 'Automatic', en: 'English', de: 'Deutsch' },
    session: 'Access',
    sessionHint: 'Makes this browser forget the access token. You need it again to come back.',
    leave: 'Sign out',
    licenses: 'Licences of what Hob’s dashboard is made of',
    leaveFailed: 'The server could not be reached.',
  },

  connection: {
    live: 'Live',
    connecting: 'Connecting…',
    lost: 'No connection to the house',
    stale: (age: string) => `Last update: ${age}`,
    never: 'The house has not answered yet.',
    now: 'Try now',
    outdated: 'This page is older than the server',
    reload: 'Reload',
  },

  unlock: {
    title: 'This house is locked',
    text: 'Enter the access token. The server keeps it in the file “token” in its state directory.',
    token: 'Access token',
    enter: 'Open the house',
    refused: 'That is not the token.',
    unreachable: 'The server could not be reached. Try again.',
  },

  close: 'Close',
};

/** The same keys, with the same parameters, in any words. */
type Words<T> = {
  readonly [K in keyof T]: T[K] extends (...args: infer A) => string
    ? (...args: A) => string
    : T[K] extends string
      ? string
      : Words<T[K]>;
};

export type Catalogue = Words<typeof en>;
