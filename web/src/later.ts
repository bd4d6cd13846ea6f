// What the first sight of the house can do without: a chunk of its own, fetched
// as soon as the page lives and then kept, because a server that is updated
// meanwhile has other files.

export { default as CodeSheet } from './controls/CodeSheet.svelte';
export { default as ColorSheet } from './controls/ColorSheet.svelte';
export { default as DoorSheet } from './controls/DoorSheet.svelte';
export { default as MenuSheet } from './controls/MenuSheet.svelte';
export { default as Sparkline } from './history/Sparkline.svelte';
export { namedIcon } from './entities/icons';
export { said } from './sentences/said';
export { default as Boards } from './views/Boards.svelte';
export { default as Empty } from './views/Empty.svelte';
export { default as Notices } from './views/Notices.svelte';
export { default as Settings } from './views/Settings.svelte';
export { default as Unlock } from './views/Unlock.svelte';
