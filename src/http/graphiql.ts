import { hashSource, type Page, pageHeaders } from './page.ts';

const LOG_IN = `# Complete the password, run this, and copy
# the accessToken into the headers of the next tab.
mutation LogIn {
  login(input: {
    email: "admin@example.com"
    password: ""
    deviceName: "GraphiQL"
  }) {
    accessToken
    expiresIn
    session { id deviceName expiresAt }
  }
}
`;

const MY_SESSIONS = `# Complete the Authorization header below.
query MySessions {
  mySessions {
    id
    current
    deviceName
    ipAddress
    userAgent
    lastSeenAt
  }
}
`;

const OPTIONS = {
  title: 'Portcullis',
  // Neither access tokens into localStorage nor documents, which may hold passwords, into the address bar.
  shouldPersistHeaders: false,
  onEditQuery: null,
  defaultTabs: [
    { query: LOG_IN },
    { query: MY_SESSIONS, headers: JSON.stringify({ Authorization: 'Bearer ' }, null, 2) },
  ],
};

/**
 * Monaco writes its styles into the page and runs its workers from blobs; for the rest the page is its one inline
 * script, which may talk to this server only.
 */
const POLICY = [
  "style-src 'unsafe-inline'",
  'font-src data:',
  'img-src data:',
  'worker-src blob:',
  "connect-src 'self'",
];

let rendered: Promise<Page> | undefined;

/** The GraphiQL page: one file of nine megabytes that names no other host, loaded when somebody first asks for it. */
export function graphiqlPage(): Promise<Page> {
  rendered ??= render();
  return rendered;
}

async function render(): Promise<Page> {
  const { renderGraphiQL } = await import('@graphql-yoga/render-graphiql');
  const html = renderGraphiQL(OPTIONS);
  const script = html.slice(html.indexOf('<script>') + '<script>'.length, html.lastIndexOf('</script>'));
  return { html: Buffer.from(html), headers: pageHeaders([`script-src ${hashSource(script)}`, ...POLICY]) };
}

/** Whether the sender is a person's browser on its way to a page. */
export function prefersPage(accept: string | undefined): boolean {
  const types = (accept ?? '').split(',').map((entry) => entry.split(';', 1)[0]?.trim().toLowerCase());
  return types.includes('text/html');
}
