// Which page is shown. The route is the fragment of the address: the server
// needs to know of one page only, and a token never stays in it.

export const routes = ['home', 'boards', 'settings'] as const;

export type Route = (typeof routes)[number];

export function routeOf(fragment: string): Route {
  const name = fragment.replace(/^#\/?/, '');
  return routes.find((route) => route === name) ?? 'home';
}

export const hrefOf = (route: Route): string => (route === 'home' ? '#/' : `#/${route}`);

export class Router {
  route = $state<Route>('home');
  /** Counts the navigations, so that each can move the focus. */
  visits = $state(0);

  start(): void {
    this.route = routeOf(location.hash);
    addEventListener('hashchange', () => {
      this.route = routeOf(location.hash);
      this.visits++;
    });
  }
}
