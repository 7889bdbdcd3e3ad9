#include "spec/yaml_node.h"

#include "yaml_files.h"

#include <gmock/gmock.h>

namespace killify {
namespace {

using testing::ElementsAre;
using testing::StartsWith;

class YamlNodeTest : public YamlFiles {
 protected:
  YamlNode node(std::string_view text) const {
    return YamlNode::load(write("a.yaml", text)).value();
  }
  std::string load_error(std::string_view text) const {
    return local(YamlNode::load(write("a.yaml", text)).error().message);
  }
  template <typename T>
  std::string message(const Result<T>& result) const {
    return result ? "no error" : local(result.error().message);
  }
};

TEST_F(YamlNodeTest, AMissingFileIsNamed) {
  EXPECT_EQ(local(YamlNode::load(directory() / "none.yaml").error().message),
            "none.yaml: cannot read: No such file or directory");
}

TEST_F(YamlNodeTest, AnEmptyFileIsAnError) {
  EXPECT_EQ(load_error(""), "a.yaml:1:1: the file says nothing");
  EXPECT_EQ(load_error("# only a comment\n"), "a.yaml:1:1: the file says nothing");
}

TEST_F(YamlNodeTest, ASyntaxErrorHasAPlace) {
  EXPECT_THAT(load_error("a: 1\nb: [1, 2\nc: 3\n"), StartsWith("a.yaml:3:2: no valid YAML: "));
  EXPECT_THAT(load_error("a: 1\n\tb: 2\n"), StartsWith("a.yaml:2:1: no valid YAML: "));
  EXPECT_THAT(load_error("a: *nowhere\n"), StartsWith("a.yaml:1:"));
}

TEST_F(YamlNodeTest, ASecondDocumentIsAnError) {
  EXPECT_EQ(load_error("a: 1\n---\nb: 2\n"), "a.yaml:3:1: a second document; one file holds one");
}

TEST_F(YamlNodeTest, TextIsAScalar) {
  EXPECT_EQ(node("[x, 'a b', 3]").texts("texts").value(),
            (std::vector<std::string>{"x", "a b", "3"}));
  EXPECT_EQ(message(node("a: [x]").text("a name")), "a.yaml:1:1: expected a name, not a mapping");
  EXPECT_EQ(message(node("[x]").text("a name")), "a.yaml:1:1: expected a name, not a list");
  EXPECT_EQ(message(node("['']").texts("texts")),
            "a.yaml:1:2: expected a text in the list, not ''");
  EXPECT_EQ(message(node("- a\n- ~\n").texts("texts")),
            "a.yaml:2:3: expected a text in the list, not nothing");
}

TEST_F(YamlNodeTest, TextOrTextsTakesBoth) {
  EXPECT_THAT(node("a").text_or_texts("x").value(), ElementsAre("a"));
  EXPECT_THAT(node("[a, b]").text_or_texts("x").value(), ElementsAre("a", "b"));
  EXPECT_EQ(message(node("{a: b}").text_or_texts("a text")),
            "a.yaml:1:1: expected a text, not a mapping");
}

TEST_F(YamlNodeTest, NumbersCountFromZero) {
  EXPECT_EQ(node("3").number("n").value(), 3U);
  EXPECT_EQ(message(node("-1").number("a number")), "a.yaml:1:1: expected a number, not '-1'");
  EXPECT_EQ(message(node("1x").number("a number")), "a.yaml:1:1: expected a number, not '1x'");
  EXPECT_EQ(message(node("99999999999").number("a number")),
            "a.yaml:1:1: expected a number, not '99999999999'");
  EXPECT_EQ(message(node("[1]").number("a number")), "a.yaml:1:1: expected a number, not a list");
}

TEST_F(YamlNodeTest, BooleansAreTwoWords) {
  EXPECT_TRUE(node("true").boolean("b").value());
  EXPECT_FALSE(node("false").boolean("b").value());
  EXPECT_EQ(message(node("ture").boolean("true or false")),
            "a.yaml:1:1: 'ture' is not true or false (did you mean 'true'?)");
}

TEST_F(YamlNodeTest, AnUnknownKeySuggestsAKnownOne) {
  EXPECT_EQ(message(node("name: x\nfamliy: y\n").map({"name"}, {"family"})),
            "a.yaml:2:1: unknown key 'famliy' (did you mean 'family'?)");
  EXPECT_EQ(message(node("name: x\nzebra: y\n").map({"name"}, {"family"})),
            "a.yaml:2:1: unknown key 'zebra'; known: name, family");
}

TEST_F(YamlNodeTest, AMissingKeyIsNamed) {
  EXPECT_EQ(message(node("\n  family: y\n").map({"name"}, {"family"})),
            "a.yaml:2:3: 'name' is missing here");
}

TEST_F(YamlNodeTest, ATypoIsBlamedBeforeTheKeyItLacks) {
  EXPECT_EQ(message(node("nmae: x\n").map({"name"})),
            "a.yaml:1:1: unknown key 'nmae' (did you mean 'name'?)");
}

TEST_F(YamlNodeTest, AKeySaidTwiceIsAnError) {
  EXPECT_EQ(message(node("a: 1\nb: 2\na: 3\n").map({"a", "b"})),
            "a.yaml:3:1: 'a' is said twice; keep one");
}

TEST_F(YamlNodeTest, AMapMustBeOne) {
  EXPECT_EQ(message(node("x").map({"a"}, {"b"})),
            "a.yaml:1:1: expected a mapping with the keys a and b, not 'x'");
}

TEST_F(YamlNodeTest, AMapFindsItsValues) {
  const YamlMap map = node("a: 1\n").map({"a"}, {"b"}).value();
  EXPECT_EQ(map.at("a").number("n").value(), 1U);
  ASSERT_NE(map.find("a"), nullptr);
  EXPECT_EQ(map.find("b"), nullptr);
}

TEST_F(YamlNodeTest, AValueLeftOutIsBlamedAtItsKey) {
  EXPECT_EQ(message(node("a: 1\nb:\nc: 3\n").map({"a", "b", "c"}).value().at("b").text("a name")),
            "a.yaml:2:1: expected a name, not nothing");
}

TEST_F(YamlNodeTest, AWordIsOneOfSome) {
  const auto read = [&](std::string_view text) {
    return node(text).word<int>("a size", {{"small", 1}, {"large", 2}});
  };
  EXPECT_EQ(read("large").value(), 2);
  EXPECT_EQ(message(read("larg")), "a.yaml:1:1: 'larg' is not a size (did you mean 'large'?)");
  EXPECT_EQ(message(read("blue")), "a.yaml:1:1: 'blue' is not a size; known: small, large");
}

}  // namespace
}  // namespace killify
