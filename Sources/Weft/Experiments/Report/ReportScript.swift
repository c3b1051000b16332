// What a report does when its pictures are clicked; it can be read without.

/// The script of a report: a click on a picture, or Enter, shows it large; arrow keys go on from there.
enum ReportScript {
    /// The script's text; it has no `</`.
    static let text = """
        const pictures = [...document.querySelectorAll(".sheet img")];
        const viewer = document.body.appendChild(document.createElement("dialog"));
        const large = viewer.appendChild(document.createElement("img"));
        const caption = viewer.appendChild(document.createElement("p"));
        let shown = 0;
        function show(index) {
          shown = (index + pictures.length) % pictures.length;
          const picture = pictures[shown];
          large.src = picture.src;
          large.alt = picture.alt;
          caption.textContent = picture.alt + " \\u00b7 " + picture.nextElementSibling.innerText.replace("\\n", " \\u00b7 ");
          if (!viewer.open) viewer.showModal();
        }
        pictures.forEach((picture, index) => {
          picture.tabIndex = 0;
          picture.setAttribute("role", "button");
          picture.addEventListener("click", () => show(index));
          picture.addEventListener("keydown", event => { if (event.key === "Enter") show(index); });
        });
        viewer.addEventListener("click", () => viewer.close());
        viewer.addEventListener("close", () => pictures[shown].focus());
        viewer.addEventListener("keydown", event => {
          if (event.key === "ArrowRight") show(shown + 1);
          if (event.key === "ArrowLeft") show(shown - 1);
        });

        """
}
