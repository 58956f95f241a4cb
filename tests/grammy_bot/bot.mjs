// A bot as its library's own guide writes one; only the address of the Bot API is another.
// node bot.mjs <address of the Bot API> <token> polling|webhook
import { createServer } from "node:http";
import { Bot, GrammyError, InlineKeyboard, InputFile, InputMediaBuilder, Keyboard, webhookCallback } from "grammy";

const [apiRoot, token, way] = process.argv.slice(2);
const bot = new Bot(token, { client: { apiRoot } });
const page = Buffer.from(process.env.PAGE ?? "", "base64");

bot.command("start", async (ctx) => {
  const buttons = new InlineKeyboard().text("Алдым", "1:ack:7").row().url("Мектеп", "https://school.kz");
  await ctx.reply(`Қош келдіңіз, <b>${ctx.from.first_name}</b> ${ctx.match}`, { parse_mode: "HTML", reply_markup: buttons });
  await ctx.reply("Мәзір", { reply_markup: new Keyboard().text("poll").text("album").resized() });
});
bot.callbackQuery("1:ack:7", async (ctx) => {
  await ctx.answerCallbackQuery({ text: "Рақмет!" });
  await ctx.editMessageText("Алынды", { reply_markup: new InlineKeyboard().text("Тапсыру", "1:hw:7") });
});
bot.on("message:photo", async (ctx) => {
  const file = await ctx.getFile();
  const answer = await fetch(`${apiRoot}/file/bot${token}/${file.file_path}`);
  const content = Buffer.from(await answer.arrayBuffer());
  await ctx.reply(`${content.length} bytes, album ${ctx.msg.media_group_id !== undefined}`, { reply_parameters: { message_id: ctx.msg.message_id } });
});
bot.hears("photo", (ctx) => ctx.replyWithPhoto(new InputFile(page, "page.jpg"), { caption: "бет" }));
bot.hears("album", (ctx) => ctx.replyWithMediaGroup([
  InputMediaBuilder.photo(new InputFile(page, "1.jpg"), { caption: "альбом" }),
  InputMediaBuilder.photo(new InputFile(page, "2.jpg")),
]));
bot.hears("poll", (ctx) => ctx.replyWithPoll("2 + 2 = ?", [{ text: "3" }, { text: "4" }], {
  type: "quiz", correct_option_ids: [1], is_anonymous: false, explanation: "екі мен екі",
}));
bot.on("poll_answer", (ctx) => ctx.api.sendMessage(ctx.pollAnswer.user.id, `жауап ${ctx.pollAnswer.option_ids}`));
bot.hears("flood", async (ctx) => {
  try {
    await ctx.reply("not sent");
  } catch (error) {
    if (!(error instanceof GrammyError)) { throw error; }
    await ctx.reply(`${error.error_code}: ${error.parameters.retry_after}`);
  }
});
bot.on("edited_message:text", (ctx) => ctx.reply(`түзетілді: ${ctx.msg.text}`));
bot.on("my_chat_member", (ctx) => console.log(ctx.myChatMember.new_chat_member.status));

async function begin() {
  if (way === "polling") {
    await bot.start({ onStart: () => console.log("ready"), allowed_updates: KINDS });
    return;
  }
  const server = createServer(webhookCallback(bot, "http", { secretToken: "S-1" }));
  server.listen(0, "127.0.0.1", async () => {
    const url = `http://127.0.0.1:${server.address().port}/`;
    await bot.api.setWebhook(url, { secret_token: "S-1", allowed_updates: KINDS });
    console.log("ready");
  });
}

const KINDS = ["message", "edited_message", "callback_query", "poll_answer", "my_chat_member"];
process.once("SIGTERM", async () => {
  if (way === "polling") { await bot.stop(); }
  process.exit(0);
});
await begin();
