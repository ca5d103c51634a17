import { createClient } from 'portcullis/client';
import { createSocket } from 'portcullis/client/socket';
import { followDevices, GAME } from './devices.mjs';
import { isSolved, newGame, press } from './lights.mjs';

/** @type {(selector: string) => HTMLElement} */
function find(selector) {
  const found = document.querySelector(selector);
  if (!(found instanceof HTMLElement)) throw new Error(`There is no ${selector}.`);
  return found;
}

const notice = find('#notice');
const game = find('#game');
const board = find('#board');
const form = /** @type {HTMLFormElement} */ (find('#sign-in'));

const url = document.querySelector('meta[name=server]')?.getAttribute('content') ?? '';
const client = createClient({ url, deviceName: GAME });
const socket = createSocket(client);

/** To the person whose game it was. @type {Partial<Record<import('portcullis/client').SessionEndReason, string>>} */
const WORDS = {
  REVOKED_BY_USER: 'You ended this game in your list of devices.',
  REVOKED_BY_ADMIN: 'An administrator ended your session.',
  PASSWORD_CHANGED: 'Your password was changed.',
  USER_SUSPENDED: 'Your account was suspended.',
  IDLE_TIMEOUT: 'You had not played for a while.',
};

let lights = newGame();
let moves = 0;

function draw() {
  find('#moves').textContent = isSolved(lights) ? `Solved in ${moves} moves!` : `Moves: ${moves}`;
  for (const [index, light] of [...board.children].entries())
    light.setAttribute('aria-pressed', String(lights[index]));
}

function begin() {
  lights = newGame();
  moves = 0;
  draw();
}

/** A move counts when the server has confirmed the session: one that is over turns no light. @param {number} index */
async function play(index) {
  try {
    await client.request('{ me { id } }');
    lights = press(lights, index);
    moves += 1;
    draw();
  } catch {
    if (client.state.signedIn) notice.textContent = 'The server cannot be reached. Try again.';
  }
}

board.append(
  ...lights.map((_, index) => {
    const light = document.createElement('button');
    light.type = 'button';
    light.setAttribute('aria-label', `Light ${index + 1}`);
    light.addEventListener('click', () => void play(index));
    return light;
  }),
);

/** @param {import('./devices.mjs').Device[]} devices */
function showDevices(devices) {
  const items = devices.map(({ current, createdAt }) => {
    const item = document.createElement('li');
    const since = new Date(createdAt).toLocaleTimeString();
    item.textContent = current ? `Here, since ${since}` : `Elsewhere, since ${since}`;
    return item;
  });
  find('#devices').replaceChildren(...items);
}

let stopFollowing = () => {};
let player = '';

/** Everything that is shown follows from the state of the client; it changes when the socket says so, too. */
function show() {
  const { status, user, endReason, unreachable } = client.state;
  if (status === 'restoring') {
    if (unreachable) notice.textContent = 'The server cannot be reached.';
    return;
  }
  form.hidden = user !== undefined;
  game.inert = user === undefined;
  if (user?.id !== player) {
    player = user?.id ?? '';
    stopFollowing();
    stopFollowing = user ? followDevices(client, socket, showDevices) : () => {};
    if (user) begin();
  }
  if (user) {
    game.hidden = false;
    notice.textContent = `Playing as ${user.email}`;
  } else if (endReason)
    notice.textContent = `The game is over. ${WORDS[endReason] ?? 'Your session has ended.'}`;
  else notice.textContent = 'Sign in to play.';
}

form.addEventListener('submit', async (event) => {
  event.preventDefault();
  const entries = new FormData(form);
  const [email, password] = ['email', 'password'].map((name) => String(entries.get(name)));
  try {
    await client.login({ email: email ?? '', password: password ?? '' });
    form.reset();
  } catch (error) {
    notice.textContent = error instanceof Error ? error.message : String(error);
  }
});

find('#again').addEventListener('click', begin);
find('#sign-out').addEventListener('click', () => void client.logout());
client.subscribe(show);
show();
