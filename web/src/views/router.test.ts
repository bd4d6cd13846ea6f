import { expect, test } from 'vitest';
import { tokenOf } from '../connection/token';
import { hrefOf, routeOf, routes } from './router.svelte';

test('every route is found again by its own address', () => {
  for (const route of routes) expect(routeOf(hrefOf(route))).toBe(route);
});

test.each(['', '#', '#/', '#/attic', '#/boards/../x', '#token=abc'])('%s is Home', (fragment) => {
  expect(routeOf(fragment)).toBe('home');
});

test.each([
  ['#token=abc', 'abc'],
  ['#token=a%2Bb', 'a+b'],
  ['#token=', null],
  ['#/boards', null],
  ['', null],
])('the token in %s is %s', (fragment, token) => {
  expect(tokenOf(fragment)).toBe(token);
});
