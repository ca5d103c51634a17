import { hashSource, type Page, pageHeaders } from './page.ts';

const STYLE = `
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
body { max-width: 40rem; margin: 4rem auto; padding: 0 1rem; }
code { font-family: ui-monospace, monospace; }
li { margin: 0.25rem 0; }
`;

/** The page at `/`: says what answers here and where to go on. */
export function landingPage(issuer: string, graphiql: boolean): Page {
  const explorer = graphiql ? '<li><a href="/graphql">GraphiQL</a>: try the API in this browser</li>' : '';
  const html = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Portcullis</title>
<link rel="icon" href="data:,">
<style>${STYLE}</style>
</head>
<body>
<h1>Portcullis</h1>
<p>A GraphQL authentication and session server. It issues access tokens as <code>${escapeHtml(issuer)}</code>;
its API answers at <code>POST /graphql</code>.</p>
<ul>
${explorer}
<li><a href="/.well-known/jwks.json">Public keys</a> (JWKS) for services that verify its tokens</li>
<li><a href="/readyz">Readiness</a> and <a href="/livez">liveness</a></li>
</ul>
</body>
</html>
`;
  const headers = pageHeaders([`style-src ${hashSource(STYLE)}`, 'img-src data:']);
  return { headers, html: Buffer.from(html) };
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
