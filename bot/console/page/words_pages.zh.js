/** 工作台里其他页面的中文。 */
export const PAGES_ZH = {
  // 个人设置
  aboutMe: "我的资料", nameShown: "名字（同事和顾客看到的）", iAnswerIn: "能用哪些语言接待", save: "保存", saved: "已保存。",
  ringing: "提醒", sound: "声音", soundHint: "有人排队、分给我、@我时响一声", desktop: "桌面通知", desktopHint: "切到别的窗口时也能看到", desktopRefused: "浏览器没有允许通知。", desktopDenied: "通知被浏览器拦住了，请在地址栏左边的网站设置里打开。",
  looks: "外观", theme: "主题", oldPassword: "现在的密码", newPassword: "新密码", changePassword: "修改密码", passwordChanged: "密码已改，其他设备已退出登录。",
  mySessions: "登录的设备", thisOne: "当前设备", endSession: "退出", endAll: "全部退出登录", lastSeen: "最近 {at}", unknownBrowser: "未知浏览器",

  // 成员
  addUser: "添加成员", "col.person": "成员", "col.role": "角色", "col.iAnswerIn": "语言", "col.capacity": "同时接待上限", "col.lastHere": "最近在线", "col.actions": "操作",
  switchOff: "停用", switchOn: "启用", switchedOff: "已停用", wasSwitchedOff: "{name} 已停用，立即退出登录。", wasSwitchedOn: "{name} 已启用。", online: "在线", never: "还没登录过", skills: "擅长处理（不选就是都可以）", unchanged: "不改就留空",

  // 操作日志
  everybody: "所有人", showMore: "加载更多", "col.time": "时间", "col.did": "操作", "col.conversation": "会话", "col.about": "对象",
  "deed.login": "登录", "deed.login_failed": "登录失败", "deed.login_locked": "登录被锁", "deed.logout": "退出登录", "deed.logout_everywhere": "全部退出登录", "deed.end_session": "踢下线", "deed.password": "改密码",
  "deed.add_webhook": "添加 webhook", "deed.change_webhook": "修改 webhook", "deed.remove_webhook": "删除 webhook", "deed.rotate_webhook_secret": "更换 webhook 密钥", "deed.test_webhook": "发送测试事件", "deed.redeliver": "重新推送事件", "deed.redeliver_dead": "补发失败的事件", "deed.view_delivery": "查看推送记录",
  "deed.view_conversation": "查看会话", "deed.view_customer": "查看顾客", "deed.search_customers": "搜索顾客", "deed.take": "接手", "deed.reply": "回复", "deed.hand_back": "交还机器人", "deed.close": "结束会话", "deed.transfer": "转接", "deed.snooze": "稍后处理", "deed.priority": "改优先级", "deed.note": "写备注", "deed.tags": "改标签", "deed.merge": "合并会话", "deed.run_tool": "代客操作", "deed.identify": "核实身份",
  "deed.canned_answer": "改快捷短语", "deed.canned_answer_dropped": "删快捷短语", "deed.add_user": "添加成员", "deed.change_user": "修改成员", "deed.link_account": "关联账号", "deed.unlink_account": "取消关联账号", "deed.write_answer": "补充知识", "deed.change_answer": "修改知识", "deed.withdraw_answer": "撤下知识", "deed.view_unanswered": "查看待补知识", "deed.dismiss_questions": "忽略问题", "deed.restore_questions": "恢复问题", "deed.change_me": "修改个人资料", "deed.export_insights": "导出数据", "deed.assigned": "系统分配",

  // 快捷短语
  addCanned: "新建短语", searchCanned: "搜短语", shortcut: "快捷词（输入 / 后用它找）", shortcutHint: "字母、数字、- 或 _，最多 40 个", noText: "还没写", textNeeded: "至少写一种语言。", remove: "删除", cannedGone: "已删除 /{shortcut}。", variables: "可以用：",

  // 待补知识
  unansweredIntro: "机器人没答上来、或客服改写过建议回复的问题，按意思归在一起。写好答案，机器人马上就会用。",
  kind: "类型", notKnown: "没答上", reworded: "被改写", timesAsked: "问过 {n} 次", allQuestions: "看全部 {n} 个问法", nearest: "最接近的资料", wasSuggested: "建议", wasSent: "实际发出",
  writeAnswer: "写答案", setAside: "忽略", wasSetAside: "已忽略。", faqQuestion: "问题", faqAnswer: "答案（{language}）", answerHint: "先说结论，再说条件和下一步。", publish: "审核通过，马上生效", published: "已生效，机器人现在就能答。", publishedSoon: "已保存，一会儿生效。",
  answered: "已上线", aside: "已忽略", noFaq: "还没有补过答案", isLive: "已生效", notLive: "还没生效", alsoAsked: "也这样问：", withdraw: "撤下", withdrawn: "已撤下，问题回到列表里。", noneAside: "没有忽略的问题。", restore: "恢复", topUnanswered: "最多没答上的",
  "set.conversations": "会话", "set.bot": "机器人解决", "set.person": "人工解决", "set.open": "处理中", "set.missed": "没接上", "set.handovers": "转人工", "set.answered": "已首次响应", "set.settled": "已解决", "set.answered_late": "首响超时", "set.settled_late": "解决超时", "set.rated": "有评价", "set.rating": "评分", "set.helpful": "点了有用", "set.unhelpful": "点了没用", "set.unanswered": "没答上", "set.edited": "建议被改写", "set.reason": "转人工原因", "set.intent": "咨询意图", "set.failed": "操作故障", "set.change": "办理", "set.written": "客服回复",
  allAnswered: "都答上了", allAnsweredHint: "有机器人答不了的问题时会出现在这里。",

  // 数据
  range: "时间范围", lastDays: "近 {n} 天", from: "从", to: "到", none: "—", noneYet: "这段时间没有", noFigures: "这段时间还没有会话", noFiguresHint: "换个时间范围看看。",
  conversationCount: "会话", messageCount: "顾客发了 {n} 条消息", botResolved: "机器人独立解决", ofThem: "{n} 个会话", handoverRate: "转人工率", handoverCount: "转了 {n} 次", firstResponse: "首次响应", nineOfTen: "九成在 {span}内", inTime: "达标 {share}", resolutionTime: "解决时长", csat: "满意度", ratedBy: "{n} 人评价，{share} 满意", notRated: "还没有评价", unansweredCount: "没答上的问题", editedCount: "另有 {n} 条建议被改写", thumbs: "有用 / 没用", thumbsHint: "顾客给机器人回答点的",
  byDay: "每天的会话", botAlone: "机器人独立", withPerson: "转人工", fates: "最后怎样了", "fate.bot": "机器人解决", "fate.person": "人工解决", "fate.open": "处理中", "fate.missed": "没接上",
  reasons: "为什么转人工", topIntents: "顾客最常问", ratings: "评分", toolFailures: "办理与故障", byAgent: "按客服", channels: "按渠道", languages: "按语言", dayTable: "每天的数字", dayHead: "日期", name: "名称", taken_: "接待", closedCount: "解决", replies: "回复", messagesHead: "消息", handoversHead: "转人工", changeHead: "办理", outcomeHead: "结果",
  "intent.human": "找人工", "intent.order_status": "查订单", "intent.track_parcel": "查物流", "intent.refund_status": "查退款", "intent.return_item": "退货", "intent.exchange_item": "换货", "intent.cancel_order": "取消订单", "intent.change_address": "改地址", "intent.change_items": "改商品", "intent.change_payment": "改付款", "intent.complaint": "投诉", "intent.invoice": "发票", "intent.warranty": "保修", "intent.stock": "有没有货", "intent.size_advice": "尺码", "intent.product_question": "商品问题", "intent.compare_products": "比较商品", "intent.recommend": "推荐", "intent.coupon": "优惠券", "intent.price_protection": "价保", "intent.payment_methods": "付款方式", "intent.payment_problem": "付款问题", "intent.delivery_time": "多久送到", "intent.delivery_cost": "运费", "intent.store_info": "店铺信息", "intent.account": "账号", "intent.password_reset": "重设密码", "intent.item_missing": "少件", "intent.item_wrong": "发错", "intent.item_damaged": "破损", "intent.restock_notice": "到货提醒", "intent.small_talk": "闲聊", "intent.greet": "打招呼", "intent.thanks": "道谢", "intent.bye": "再见", "intent.affirm": "同意", "intent.deny": "否定", "intent.bot_identity": "问是不是机器人", "intent.out_of_scope": "与店铺无关",
};
