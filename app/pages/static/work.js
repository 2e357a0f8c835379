// Times in the reader's own zone on hover; the page shows relative ones.
for (const time of document.querySelectorAll("time[datetime]")) {
  const when = new Date(time.dateTime);
  if (!Number.isNaN(when.valueOf())) {
    time.title = when.toLocaleString(document.documentElement.lang, { dateStyle: "full", timeStyle: "short" });
  }
}
