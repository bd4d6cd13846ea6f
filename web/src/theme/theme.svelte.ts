// Light, dark, or as the system says. public/theme.js applies the stored choice
// before the first paint; it reads the same key.

import { recall, remember } from './remember';

export type Theme = 'auto' | 'light' | 'dark';

export const themes: readonly Theme[] = ['auto', 'light', 'dark'];

const key = 'hob.theme';

export class ThemeChoice {
  choice = $state<Theme>(recall(key, themes, 'auto'));

  choose(choice: Theme): void {
    this.choice = choice;
    remember(key, choice);
    if (choice === 'auto') delete document.documentElement.dataset['theme'];
    else document.documentElement.dataset['theme'] = choice;
  }
}
