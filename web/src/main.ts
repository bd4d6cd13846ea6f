import { mount } from 'svelte';
import './theme/tokens.css';
import './theme/base.css';
import { App } from './app.svelte';
import Root from './Root.svelte';

const target = document.getElementById('app');
if (target === null) throw new Error('index.html has no #app');

const app = new App();
mount(Root, { target, props: { instance: app } });
void app.start();
