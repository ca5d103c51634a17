/** How many unfit variables are told of: each message repeats the whole value. */
export const EXECUTION_OPTIONS = { maxCoercionErrors: 10 };
