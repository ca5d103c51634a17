import type { Page } from 'playwright-core';

export interface Account {
  readonly email: string;
  readonly password: string;
}

/** Another device than the browser of the tests, by what it says of itself. */
export const OTHER_DEVICE = {
  userAgent: 'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0',
};

export async function shows(page: Page, heading: string): Promise<void> {
  await page.getByRole('heading', { level: 1, name: heading, exact: true }).waitFor();
}

export async function signIn(page: Page, url: string, account: Account): Promise<void> {
  await page.goto(url);
  await enterPassword(page, account);
  await shows(page, 'My devices');
  await isIn(page);
}

/** Somebody is signed in: the list of devices marks the one of this page. */
export async function isIn(page: Page): Promise<void> {
  await page.getByText('This device', { exact: true }).waitFor();
}

/** Fills in the form, whatever comes of it. */
export async function enterPassword(page: Page, { email, password }: Account): Promise<void> {
  await shows(page, 'Sign in');
  await page.getByLabel('E-mail').fill(email);
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
}

export async function follow(page: Page, link: string): Promise<void> {
  await page.getByRole('link', { name: link, exact: true }).click();
  await shows(page, link);
}

export async function press(page: Page, button: string): Promise<void> {
  await page.getByRole('button', { name: button, exact: true }).click();
}

/** In the dialog that is open. */
export async function confirm(page: Page, button: string): Promise<void> {
  await page.getByRole('dialog').getByRole('button', { name: button, exact: true }).click();
}

export async function says(page: Page, text: string | RegExp): Promise<void> {
  await page.getByText(text).first().waitFor();
}
