import { describe, expect, test } from 'vitest';
import type { Request } from '../home/requests';
import { anEntity } from '../home/testing';
import { en } from '../i18n/en';
import type { Failure, Pending } from '../protocol/model';
import { doneWord, failureWord, offlineWord, pendingWord, phase } from './phase';

const pending: Pending = { command: '1f', action: 'on', target: 'on', origin: 'rule', by: 'dusk', since: 1, until: 9 };
const failure: Failure = { command: '1e', action: 'on', target: 'on', status: 'expired', code: 'timeout', message: '', at: 5 };
const request = (more: Partial<Request> = {}): Request => ({
  id: '1', entity: 'porch', action: { action: 'toggle' }, status: 'sent', code: '', said: { message: '' }, at: 7, ...more,
});

describe('which state wins', () => {
  test('nothing special', () => expect(phase(anEntity(), null).name).toBe('settled'));

  test('a request that the server has not accepted yet is pending, and cannot be cancelled', () => {
    expect(phase(anEntity(), request())).toEqual({ name: 'pending', action: 'toggle', target: 'on', command: null });
  });

  test('what the server says is pending goes before the own request', () => {
    expect(phase(anEntity({ pending }), request())).toMatchObject({ command: '1f', action: 'on' });
  });

  test('offline goes before everything', () => {
    const unavailable = { reason: 'offline', message: '', since: 3 };
    const entity = anEntity({ available: false, unavailable, pending, failure });
    expect(phase(entity, request())).toEqual({ name: 'offline', unavailable });
  });

  test('offline without a reason is offline all the same', () => {
    expect(phase(anEntity({ available: false }), null).name).toBe('offline');
  });

  test('a new request hides an old failure', () => {
    expect(phase(anEntity({ failure }), request()).name).toBe('pending');
  });

  test('a gesture that was carried out is done', () => {
    const done = request({ status: 'done', action: { action: 'press' }, at: 8 });
    expect(phase(anEntity({ kind: 'button' }), done)).toEqual({ name: 'done', at: 8, code: '' });
  });

  test.each(['cancelled', 'superseded'])('%s is no failure', (code) => {
    expect(phase(anEntity({ failure: { ...failure, code } }), null).name).toBe('settled');
  });

  test('unknown until the board has said so, but a button is ready', () => {
    expect(phase(anEntity({ state: 'unknown' }), null).name).toBe('unknown');
    expect(phase(anEntity({ kind: 'button', state: 'unknown' }), null).name).toBe('settled');
  });
});

describe('trying again', () => {
  const retry = (more: Partial<Failure>) => phase(anEntity({ failure: { ...failure, ...more } }), null);

  test.each([
    [{ action: 'toggle', target: 'off' }, 'off'],
    [{ action: 'toggle', target: 'on' }, 'on'],
    [{ action: 'on', target: 'on' }, 'on'],
    [{ action: 'off', target: 'off' }, 'off'],
    [{ action: 'set', target: 'on' }, 'on'],
    [{ action: 'hold', target: '' }, 'hold'],
  ])('%o asks for %s: what did happen after all is not undone', (failed, action) => {
    expect(retry(failed)).toMatchObject({ name: 'failed', retry: { action } });
  });

  test('an own toggle that got lost asks for its target', () => {
    const lost = request({ status: 'failed', code: 'disconnected' });
    expect(phase(anEntity({ state: 'on' }), lost)).toMatchObject({ retry: { action: 'off' }, at: 7 });
  });
});

describe('words', () => {
  test.each([
    ['on', 'on', 'Turning on…'],
    ['toggle', 'off', 'Turning off…'],
    ['toggle', '', 'Working…'],
    ['set', 'on', 'Setting…'],
    ['set', 'off', 'Turning off…'],
    ['double', '', 'Pressing…'],
    ['open', 'open', 'Opening…'],
    ['disarm', 'disarmed', 'Disarming…'],
    ['comfort', '', 'Working…'],
  ])('pending %s towards “%s” is %s', (action, target, word) => {
    expect(pendingWord({ action, target }, en)).toBe(word);
  });

  test.each([
    ['timeout', 'No reply from hall'],
    ['link_lost', 'hall dropped out'],
    ['busy', 'Too much at once'],
    ['invalid', 'It cannot do that'],
    ['not_now', 'Not possible right now'],
    ['unknown_entity', 'It is not in the configuration'],
    ['wrong_code', 'Wrong code'],
    ['locked', 'Too many wrong codes'],
    ['confirm_needed', 'Only for who can see it'],
    ['partial', 'Not everything was done'],
    ['board', null],
    ['something_new', null],
  ])('a failure of code %s says so', (code, words) => {
    expect(failureWord(code, 'hall', en)).toBe(words);
  });

  test('what is done under a condition says under which', () => {
    expect(doneWord('queued', 'hall', en)).toBe('Kept until hall is back');
    expect(doneWord('queued', '', en)).toBe('Kept until the board is back');
    expect(doneWord('not_kept', 'hall', en)).toBe('In force, but a restart of the server would undo it');
    expect(doneWord('', 'hall', en)).toBeNull();
  });

  test('an entity without a board blames no name', () => {
    expect(failureWord('timeout', '', en)).toBe('No reply from the board');
  });

  test('a reason that is not known is still a reason', () => {
    expect(offlineWord('offline', 'hall', en)).toBe('hall is offline');
    expect(offlineWord('on_holiday', 'hall', en)).toBe('hall is not available');
    expect(offlineWord('toString', 'hall', en)).toBe('hall is not available');
  });
});
