import { renderToStaticMarkup } from "react-dom/server";
import { describe, expect, test } from "vitest";
import { MarkdownBlock } from "./markdown-block";
import { imageHost, safeLink } from "./safe-url";

const render = (text: string) => {
  const page = document.createElement("div");
  page.innerHTML = renderToStaticMarkup(<MarkdownBlock text={text} outline="" />);
  return page;
};

describe("links", () => {
  test.each([
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    "java\nscript:alert(1)",
    "\u0001javascript:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "vbscript:x",
    "file:///etc/passwd",
    "blob:https://example.com/x",
    "//example.com/x",
    "/account",
    "#fragment",
    "",
    "https://bank.example@evil.example/",
  ])("%j is not linked", (address) => expect(safeLink(address)).toBeNull());

  test.each(["https://example.com/a?b=c#d", "http://localhost:8080/", "mailto:ada@example.com"])(
    "%s is",
    (address) => expect(safeLink(address)).toBe(address),
  );

  test("open elsewhere without handing anything over", () => {
    const link = render("[docs](https://example.com/docs)").querySelector("a");
    expect(link?.getAttribute("target")).toBe("_blank");
    expect(link?.getAttribute("rel")).toContain("noopener noreferrer");
  });

  test.each([
    "[x](javascript:alert(1))",
    "[x][ref]\n\n[ref]: javascript:alert(1)",
    "<javascript:alert(1)>",
    "[x](data:text/html;base64,PHN2Zz4=)",
    "[x](&#106;avascript:alert(1))",
    "![x](javascript:alert(1))",
  ])("%j stays text", (text) => expect(render(text).querySelectorAll("[href], [src]")).toHaveLength(0));
});

describe("images", () => {
  test("are named, not loaded", () => {
    const page = render("![A cat](https://images.example.com/cat.png?who=ada)");
    expect(page.querySelector("img")).toBeNull();
    expect(page.textContent).toContain("A cat");
    expect(page.textContent).toContain("images.example.com");
    expect(page.querySelector("a")?.getAttribute("href")).toBe("https://images.example.com/cat.png?who=ada");
  });

  test("by reference and with odd addresses are not loaded either", () => {
    for (const text of [
      "![x][r]\n\n[r]: https://a.example/x.png",
      "![x](data:image/svg+xml,<svg/>)",
      "![x](/y.png)",
    ]) {
      expect(render(text).querySelector("img, svg image, [src]")).toBeNull();
    }
    expect(imageHost("data:image/png;base64,x")).toBeNull();
  });
});

describe("HTML", () => {
  test.each([
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg onload=alert(1)>",
    "<iframe src=https://example.com></iframe>",
    "text <b onclick=alert(1)>bold</b>",
    "<style>*{display:none}</style>",
    "<video poster=https://a.example/x.png></video>",
  ])("%s is shown as the text it is", (text) => {
    const page = render(text);
    expect(
      page.querySelector("script, img, iframe, b, style, video, [onload], [onclick], [onerror]"),
    ).toBeNull();
    expect(page.textContent).toContain("<");
  });

  test("only a line break means what it says", () => {
    expect(render("| a |\n|---|\n| one<br>two |").querySelectorAll("td br")).toHaveLength(1);
  });
});

test("code keeps its text and names its language", () => {
  const page = render("```nonsense-language\n<b>&amp;</b>\n```");
  expect(page.querySelector("pre code")?.textContent).toBe("<b>&amp;</b>");
  expect(page.textContent).toContain("nonsense-language");
});
