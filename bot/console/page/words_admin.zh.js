/** 只有管理员看得到的页面：渠道和 webhook。 */
export const ADMIN_ZH = {
  "page.channels": "渠道接入", "page.webhooks": "Webhook 推送",
  copy: "复制", copiedIt: "已复制", confirmRemove: "确认删除",

  // Webhook
  hooksIntro: "店里发生的事，主动推送给您的系统：CRM、仓库、数据看板都可以。每条都带签名，没收到会自动重发，大约三天。",
  addHook: "添加 webhook", changeHook: "修改 webhook", noHooks: "还没有 webhook", noHooksHint: "添加一个接收地址，顾客发消息、转人工、订单变更时就会通知到您的系统。",
  hookUrl: "接收地址", hookUrlHint: "以 https:// 开头的公网地址", hookName: "备注名", hookNameHint: "选填，比如「CRM」", whichEvents: "推送哪些事件", allEvents: "全部事件", someEvents: "只推送选中的", chooseEvents: "至少选一种事件。",
  withPersonal: "包含个人信息", withPersonalHint: "打开后会推送姓名、聊天内容和地址；不打开只有编号、类型和数字。",
  "hook.live": "正常", "hook.retrying": "有失败，在重试", "hook.failing": "连续失败，已放慢", "hook.off": "已暂停", "hook.gone": "对方已停收",
  failingHint: "连续失败 {n} 次，现在每分钟只试一条，成功一条，就把剩下的都补上。", pausedHint: "对方要求 {at} 后再推送。", goneHint: "对方回了 410，表示不再接收。确认地址还在用，再恢复推送。", offHint: "新发生的事不会推送，已经排队的等恢复后再发。",
  someKinds: "{n} 种事件", personalMark: "含个人信息", neverSent: "还没推送过", lastResult: "最近一次 {at}", hookWaiting: "{n} 条在排队", hookDead: "{n} 条已放弃", oldSecretUntil: "旧密钥 {at} 前仍可验签",
  pauseHook: "暂停", resumeHook: "恢复推送", wasPaused: "已暂停推送。", wasResumed: "已恢复推送。", sendTest: "发送测试事件", backToHooks: "全部 webhook",
  removeHook: "删除", removeHookSure: "删除后，没送达的 {n} 条和推送记录都会清掉，不能恢复。", hookGone: "已删除。",
  secret: "签名密钥", secretOnce: "只显示这一次，请现在存好。对方用它验证推送确实来自这里。", secretOverlap: "旧密钥 {at} 前仍然有效，两把同时签名，这段时间里换掉就行。", secretAtOnce: "旧密钥已经失效。", secretKept: "我存好了",
  rotateSecret: "更换密钥", rotateHint: "换新密钥后，旧的还能用多久？", "overlap.0": "马上失效", "overlap.1": "1 小时", "overlap.24": "24 小时", "overlap.168": "7 天", rotate: "更换",
  deliveryLog: "推送记录", logAll: "全部", logFailed: "重试中", logDead: "已放弃", noDeliveries: "还没有推送记录", noDeliveriesHint: "点「发送测试事件」试一下，马上能看到结果。", noneFailed: "没有在重试的", noneDead: "没有放弃的",
  redeliver: "重新推送", redeliverOne: "重新推送「{event}」", redeliverDead: "补发已放弃的", redeliverDeadHint: "按原来的顺序重新推送，从什么时候开始的？", redeliverSince: "起始时间", "since.hour": "最近 1 小时", "since.day": "最近 24 小时", "since.week": "最近 7 天", "since.all": "全部", deadAgain: "已重新排队 {n} 条。", noDeadSince: "这段时间没有已放弃的。",
  testArrived: "测试事件已送达，对方回了 {status}，用时 {ms} 毫秒。", testFailed: "测试事件没送到：{why}", againArrived: "已送达，对方回了 {status}。", againFailed: "还是没送到：{why}", stillWaiting: "已经排队，轮到就发。", lookAt: "看详情",
  "delivery.waiting": "排队中", "delivery.retrying": "等待重试", "delivery.delivered": "已送达", "delivery.dead": "已放弃",
  nextTry: "{at} 再试", triedTimes: "试了 {n} 次", notTried: "还没试", answeredWith: "回了 {status}", noAnswer: "没有回应",
  "why.timeout": "15 秒内没有回应", "why.connection": "连不上对方服务器", "why.private": "对方域名指向内网地址，不会调用", "why.redirect": "对方要跳转到别处，不跟随", "why.status": "对方回了 {status}", "why.other": "发送时出错",
  "about.state": "状态", "about.event": "事件", "about.at": "排队时间", "about.attempts": "尝试", "about.next": "下次", "about.conversation": "会话", openConversation: "打开会话",
  request: "请求", requestHeaders: "请求头", requestBody: "请求体", response: "响应", noResponseBody: "对方没有返回内容", noHeadersYet: "还没发出过", attemptLog: "每次尝试", milliseconds: "{n} 毫秒",
  "event.message.received": "顾客发来消息", "event.turn.answered": "已回复顾客", "event.answer.unresolved": "机器人没答上", "event.tool.executed": "查询或办理", "event.receipt.given": "给出回执", "event.handover.opened": "转人工", "event.agent.assigned": "分配客服", "event.conversation.closed": "会话结束", "event.conversation.joined": "顾客换到另一个渠道接着聊", "event.conversation.left": "顾客断开了一个渠道", "event.csat.given": "收到评价", "event.order.changed": "订单变更", "event.webhook.test": "测试事件",
  privateAddress: "这是内网地址，不能推送。请换一个公网能访问的 https 地址。", notHttps: "地址要以 https:// 开头。", badUrl: "地址不对。要完整的网址，不能带用户名、密码和 #。", tooManyHooks: "最多 20 个 webhook，先删掉不用的。", hookIsOff: "已暂停，恢复推送后再试。",

  // 渠道
  channelsIntro: "顾客从这些渠道找到您，同一个机器人和同一班客服接待。渠道写在 KEFU_CHANNELS 指定的文件里，密钥不会显示在这里。",
  noChannels: "还没有接入其他渠道", noChannelsHint: "网页和接口不用设置，一直可用。要接微信、邮件等，往下看。",
  callbackAddress: "回调地址", noCallback: "收发都走邮箱，不用填回调地址。", guessedAddress: "没设置 KEFU_PUBLIC_URL，回调地址按您现在打开的网址显示。平台要能从公网访问到它。",
  "flow.busy": "今天有消息", "flow.quiet": "最近没有消息", "flow.never": "还没收到过消息", "flow.stuck": "有消息没发出去", flowDay: "24 小时内收 {received} 条，发 {sent} 条", lastReceived: "最近收到 {at}", lastSent: "最近发出 {at}", lastAnything: "上一条消息在 {at}", neverHint: "检查平台上填的回调地址和密钥。",
  outboxWaiting: "{n} 条等着发", outboxFailed: "{n} 条发不出去", stuckTitle: "没发出去的回复", stuckShown: "只列最近 {n} 条",
  "trouble.refused": "平台拒收", "trouble.later": "平台暂时不收", "trouble.unconfirmed": "平台没确认收到", "trouble.timeout": "平台没有回应", "trouble.broken": "发送出错",
  gaveUp: "不再重发", addChannel: "还可以接入", addChannelHow: "每个渠道的申请步骤和配置写法在它文件夹的 README 里。照着写进 KEFU_CHANNELS 指定的文件，重启 Kefu 后生效。",
  "channel.twilio": "短信 (Twilio)", "channel.webhook": "自有系统 (webhook)", "channel.chatwoot": "Chatwoot",
  "paste.telegram": "用 setWebhook 告诉 Telegram。", "paste.line": "LINE Developers → Messaging API → Webhook URL，再打开 Use webhook。", "paste.slack": "Event Subscriptions 和 Interactivity 两处都填。", "paste.wechat": "公众平台 → 设置与开发 → 基本配置 → 服务器配置。", "paste.twilio": "号码设置里「A message comes in」→ Webhook，HTTP POST。", "paste.wecom": "微信客服的回调配置。", "paste.whatsapp": "Meta 应用后台 → WhatsApp → Configuration，订阅 messages。", "paste.messenger": "Meta 应用后台 → Messenger → Webhooks，订阅 messages 和 messaging_postbacks。", "paste.dingtalk": "机器人的消息接收地址，选 HTTP 模式。", "paste.feishu": "事件配置和回调配置两处都填。", "paste.discord": "应用的 Interactions Endpoint URL。", "paste.webhook": "您的程序把顾客的消息 POST 到这里，要签名。", "paste.chatwoot": "设置 → 机器人 → Webhook 地址。4.13 之前的版本，后面要加上 path_secret。",
};
