import { describe, expect, test } from 'vitest';
import { de } from '../i18n/de';
import { en } from '../i18n/en';
import type { Board } from '../protocol/model';
import { linked, statusMeaning } from './status';

const board = (status: string, message: string): Board => ({
  id: 'hob-7c9ebd', name: 'hall', chip: 'esp32', declared: true, status, message, since: 1, address: '', firmware: '',
});

describe('what a status means', () => {
  test('is said in the language of the page, not in the words of the server', () => {
    expect(statusMeaning(board('offline', 'No answer for 15 s'), de)).toBe('Es antwortet nicht');
    expect(statusMeaning(board('offline', 'No answer for 15 s'), en)).toBe('It does not answer');
  });

  test.each([...Object.keys(en.boards.status)].filter((s) => s !== 'online'))('is known of %s', (status) => {
    expect(statusMeaning(board(status, 'words'), en)).not.toBe('words');
  });

  test.each(['on_holiday', 'toString'])('of %s, which this page does not know, is in the words of the server', (status) => {
    expect(statusMeaning(board(status, 'It is away'), de)).toBe('It is away');
  });

  test('of a board that works is nothing', () => expect(statusMeaning(board('online', ''), en)).toBe(''));
});

test('a board that wants attention and works counts as online', () => {
  const having = Object.keys(en.boards.status).filter(linked);
  expect(having.toSorted()).toEqual(['config_refused', 'duplicate', 'online']);
});
