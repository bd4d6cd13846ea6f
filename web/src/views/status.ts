// Words and shapes for the status of a board.

import {
  mdiAlertCircleOutline, mdiCheckCircleOutline, mdiContentDuplicate, mdiKeyAlert, mdiLanDisconnect, mdiLinkVariantOff,
  mdiNewBox, mdiProgressClock, mdiShieldKeyOutline,
} from '@mdi/js';
import type { Catalogue } from '../i18n/en';
import type { Board } from '../protocol/model';

const icons: Readonly<Record<string, string>> = {
  online: mdiCheckCircleOutline,
  connecting: mdiProgressClock,
  offline: mdiLanDisconnect,
  not_adopted: mdiShieldKeyOutline,
  key_refused: mdiKeyAlert,
  wrong_id: mdiLinkVariantOff,
  duplicate: mdiContentDuplicate,
  unknown: mdiNewBox,
};

export const statusIcon = (status: string): string =>
  (Object.hasOwn(icons, status) ? icons[status] : undefined) ?? mdiAlertCircleOutline;

/** Whether there is a link: the board works, though something about it may want attention. */
export const linked = (status: string): boolean => ['online', 'config_refused', 'duplicate'].includes(status);

export function statusWord(status: string, text: Catalogue): string {
  const words = text.boards.status;
  return Object.hasOwn(words, status) ? words[status as keyof typeof words] : status;
}

/** What the status means, in the page's language; the server's own words where there are none. */
export function statusMeaning({ status, message }: Board, text: Catalogue): string {
  const words = text.boards.meaning;
  return Object.hasOwn(words, status) ? words[status as keyof typeof words] : message;
}
