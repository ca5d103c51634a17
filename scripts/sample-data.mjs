/** People, devices and a busy day for the screenshots: all of it through the API, only the times are set back afterwards. */
const WINDOWS = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0';
const IPHONE =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1';
const MAC =
  'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Safari/605.1.15';
const ANDROID =
  'Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/138.0.0.0 Mobile Safari/537.36';

export const PERSON = {
  email: 'ada@example.com',
  password: 'an analytical engine',
  displayName: 'Ada Lovelace',
};
const OTHERS = [
  { email: 'edsger@example.com', password: 'the shortest path home', displayName: 'Edsger Dijkstra' },
  { email: 'grace@example.com', password: 'a moth in relay seventy', displayName: 'Grace Hopper' },
  { email: 'katherine@example.com', password: 'orbits checked by hand', displayName: 'Katherine Johnson' },
  { email: 'margaret@example.com', password: 'priority displays in time', displayName: 'Margaret Hamilton' },
];

const HOUR = 3_600_000;
const DEVICES = [
  { account: PERSON, userAgent: IPHONE, address: '203.0.113.7', deviceName: 'Ada’s phone', seen: 3 * HOUR },
  { account: PERSON, userAgent: WINDOWS, address: '192.168.1.20', seen: 26 * HOUR },
  { account: PERSON, userAgent: MAC, address: '198.51.100.24', seen: 4 * 24 * HOUR },
  { account: OTHERS[1], userAgent: MAC, address: '203.0.113.61', seen: HOUR },
  { account: OTHERS[2], userAgent: ANDROID, address: '198.51.100.9', deviceName: 'Pixel 9', seen: 2 * HOUR },
  { account: OTHERS[3], userAgent: WINDOWS, address: '192.168.1.44', seen: 30 * HOUR },
];

/** How many of each in an hour of the last day, the oldest first. */
const DAY = {
  LOGIN: [2, 1, 0, 0, 1, 3, 9, 18, 22, 14, 9, 8, 12, 15, 9, 7, 6, 4, 5, 6, 4, 3, 2, 4],
  REFRESH: [
    30, 22, 14, 9, 12, 31, 88, 160, 210, 236, 228, 190, 205, 240, 231, 212, 170, 120, 98, 91, 84, 66, 51, 40,
  ],
  REVOCATION: [0, 0, 0, 1, 0, 0, 2, 3, 1, 0, 2, 1, 0, 4, 1, 0, 1, 2, 0, 0, 1, 0, 0, 1],
  FAILED_LOGIN: [1, 0, 0, 0, 0, 1, 2, 3, 2, 1, 0, 9, 14, 3, 1, 0, 1, 1, 0, 2, 0, 1, 0, 0],
};

export async function fill(url, database) {
  for (const account of [PERSON, ...OTHERS]) {
    await send(url, 'register', account, { userAgent: MAC, address: '203.0.113.80' });
  }
  database.exec('DELETE FROM sessions; DELETE FROM audit_events');
  for (const { account, seen, ...device } of DEVICES) {
    const session = await send(url, 'login', { ...account, deviceName: device.deviceName }, device);
    age(database, session.id, seen);
  }
  database.prepare("UPDATE users SET status = 'SUSPENDED' WHERE email = ?").run(OTHERS[0].email);
  database.prepare('UPDATE users SET created_at = created_at - ?').run(40 * 24 * HOUR);
  setDay(database);
}

async function send(url, field, { email, password, displayName, deviceName }, { userAgent, address }) {
  const type = field === 'login' ? 'LoginInput' : 'RegisterInput';
  const named = field === 'login' ? { deviceName } : { displayName };
  const query = `mutation ($input: ${type}!) { ${field}(input: $input) { session { id } } }`;
  const headers = { 'content-type': 'application/json', 'user-agent': userAgent, 'x-forwarded-for': address };
  const variables = { input: { email, password, transport: 'BODY', ...named } };
  const answer = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers,
    body: JSON.stringify({ query, variables }),
  });
  const { data, errors } = await answer.json();
  if (errors) throw new Error(JSON.stringify(errors));
  return data[field].session;
}

function age(database, id, ms) {
  const key = Buffer.from(id.replaceAll('-', ''), 'hex');
  database
    .prepare('UPDATE sessions SET created_at = created_at - ?, last_seen_at = last_seen_at - ? WHERE id = ?')
    .run(ms * 3, ms, key);
}

function setDay(database) {
  const first = Math.floor(Date.now() / HOUR - 23) * HOUR;
  const put = database.prepare('INSERT OR REPLACE INTO activity_hours (hour, kind, count) VALUES (?, ?, ?)');
  for (const [kind, counts] of Object.entries(DAY))
    for (const [index, count] of counts.entries()) put.run(first + index * HOUR, kind, count);
}
