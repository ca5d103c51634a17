/** Calls what is the application's. What it throws is its own matter, and no connection's. */
export function tell(call: () => void): void {
  try {
    call();
  } catch (error) {
    setTimeout(() => {
      throw error;
    });
  }
}
