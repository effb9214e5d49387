// What the list of conversations says.

export const texts = {
  list: "Conversations",
  untitled: "New conversation",
  actions: (title: string) => `Actions for ${title}`,
  rename: "Rename",
  remove: "Delete",
  titleField: "Conversation title",
  deleted: "Conversation deleted",
  undo: "Undo",
  restored: "Conversation restored",
  writing: "Writing an answer",
  empty: "Your conversations will be listed here.",
  more: "Show more",
  moreFailed: "Could not load more.",
  loadFailed: "Your conversations could not be loaded.",
  retry: "Try again",
  loading: "Loading conversations",
};
