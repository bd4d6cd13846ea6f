import { expect, test } from 'vitest';
import type { CommandResult } from '../protocol/server';
import { answered, disconnected, none, reported, sent } from './requests';

const result = (more: Partial<CommandResult>): CommandResult => ({
  type: 'result',
  id: '1',
  command: '1f',
  entity: 'porch',
  action: 'toggle',
  status: 'confirmed',
  code: '',
  message: '',
  ...more,
});

const asked = sent(none, '1', 'porch', { action: 'toggle' }, 10);

test('a request stands until it is answered', () => {
  expect(asked.get('porch')).toMatchObject({ status: 'sent', at: 10 });
  expect(answered(asked, result({}), 20).size).toBe(0);
});

test('a gesture that was carried out is remembered as done, another action is not', () => {
  const pressed = sent(none, '1', 'bell', { action: 'press' }, 10);
  expect(answered(pressed, result({ entity: 'bell' }), 20).get('bell')).toMatchObject({ status: 'done', at: 20 });
  expect(answered(asked, result({}), 20).has('porch')).toBe(false);
});

test.each(['queued', 'not_kept'])('what was confirmed as %s says so', (code) => {
  expect(answered(asked, result({ code }), 20).get('porch')).toMatchObject({ status: 'done', code, at: 20 });
});

test.each(['cancelled', 'superseded'])('one that was %s by somebody did not fail', (code) => {
  expect(answered(asked, result({ status: 'refused', code }), 20).size).toBe(0);
});

test('one that failed says why and when', () => {
  const after = answered(asked, result({ status: 'expired', code: 'timeout', message: 'No answer' }), 20);
  expect(after.get('porch')).toMatchObject({ status: 'failed', code: 'timeout', said: { message: 'No answer' }, at: 20 });
});

test('the answer to a request that a newer one replaced changes nothing', () => {
  const newer = sent(asked, '2', 'porch', { action: 'off' }, 15);
  expect(answered(newer, result({ id: '1', status: 'expired', code: 'timeout' }), 20)).toBe(newer);
});

test('a lost connection ends what is unanswered, and leaves what had failed', () => {
  const failed = answered(sent(none, '3', 'fan', { action: 'on' }, 1), result({ id: '3', status: 'refused', code: 'busy' }), 2);
  const after = disconnected(sent(failed, '4', 'porch', { action: 'on' }, 3), 9);
  expect(after.get('porch')).toMatchObject({ status: 'failed', code: 'disconnected', at: 9 });
  expect(after.get('fan')).toMatchObject({ code: 'busy', at: 2 });
});

test('a report clears a failure, not a request that is on its way', () => {
  expect(reported(asked, 'porch')).toBe(asked);
  expect(reported(disconnected(asked, 5), 'porch').size).toBe(0);
});
