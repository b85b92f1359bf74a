/* An author saves a file, and the browser shows it; see develop.h. */
