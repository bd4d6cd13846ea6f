// Replays every example of docs/api.md: the page and the server are tested
// against the same text.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { command, encode, hello, type ClientMessage } from './client';
import { decode, decodeText } from './server';

const page = readFileSync(join(import.meta.dirname, '../../../docs/api.md'), 'utf8');

function examples(kind: 'server' | 'client'): string[] {
  return [...page.matchAll(new RegExp('^```json ' + kind + '\\n([\\s\\S]*?)^```', 'gm'))].flatMap((m) =>
    (m[1] ?? '').split('\n').filter((line) => line !== ''),
  );
}

/** Rebuilds a documented client message with this page's own constructors. */
function rebuild(example: ClientMessage): ClientMessage {
  switch (example.type) {
    case 'hello':
      return hello(example.resume ?? null);
    case 'command': {
      const { type: _, id, entity, ...action } = example;
      return command(id, entity, action);
    }
    case 'cancel':
    case 'ping':
      return example;
  }
}

describe('docs/api.md', () => {
  const server = examples('server');
  const client = examples('client');

  test('has examples of both directions', () => {
    expect(server.length).toBeGreaterThanOrEqual(10);
    expect(client.length).toBeGreaterThanOrEqual(4);
  });

  test.each(server)('server message is understood: %s', (text) => {
    const result = decodeText(text);
    expect(result).toMatchObject({ ok: true, value: { type: (JSON.parse(text) as { type: string }).type } });
  });

  test.each(client)('client message is what this page sends: %s', (text) => {
    expect(JSON.parse(encode(rebuild(JSON.parse(text) as ClientMessage)))).toEqual(JSON.parse(text));
  });

  test('no member of a snapshot is lost on the way in', () => {
    const text = server.find((line) => line.includes('"snapshot"')) ?? '';
    expect(decodeText(text)).toEqual({ ok: true, value: JSON.parse(text) });
  });

  test.each(server)('a message without any one of its members never throws: %s', (text) => {
    const whole = JSON.parse(text) as Record<string, unknown>;
    for (const member of Object.keys(whole)) {
      const { [member]: _, ...rest } = whole;
      const result = decode(rest);
      if (!result.ok) expect(result.error).toContain(member);
    }
  });

  test.each(server)('a message cut in half is refused: %s', (text) => {
    for (let end = 0; end < text.length; end += 7) expect(decodeText(text.slice(0, end)).ok).toBe(false);
  });
});
