// Runs a command in a network namespace of its own, in which only loopback is
// up: boards that other houses on this computer announce are not seen, and
// nothing leaves it. Where namespaces are not allowed it runs without.
//
//   node scripts/isolated.mjs COMMAND [ARGUMENT…]

import { spawnSync } from 'node:child_process';

const [command, ...args] = process.argv.slice(2);
if (command === undefined) {
  console.error('usage: node scripts/isolated.mjs COMMAND [ARGUMENT…]');
  process.exit(2);
}

const unshare = process.getuid?.() === 0 ? ['--net'] : ['--map-root-user', '--net'];
const up = ['sh', '-c', 'ip link set lo up && exec "$@"', 'sh'];

const allowed = spawnSync('unshare', [...unshare, ...up, 'true'], { stdio: 'ignore' }).status === 0;
if (!allowed) console.error('isolated: no network namespaces here; boards of other houses may be seen');

const { status, error } = allowed
  ? spawnSync('unshare', [...unshare, ...up, command, ...args], { stdio: 'inherit' })
  : spawnSync(command, args, { stdio: 'inherit' });
if (error !== undefined) console.error(`isolated: ${error.message}`);
process.exit(status ?? 1);
