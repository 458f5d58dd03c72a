// Light or dark, before anything is painted: as the system says, or as was chosen on this page.
{
  const chosen = localStorage.getItem("fakeai.theme");
  if (chosen) document.documentElement.dataset.theme = chosen;
}
